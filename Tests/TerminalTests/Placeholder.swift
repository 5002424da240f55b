// TerminalTests: arrive with the module.
