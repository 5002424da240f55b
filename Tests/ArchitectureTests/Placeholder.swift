// ArchitectureTests: arrive with the module.
