// CLITests: arrive with the module.
