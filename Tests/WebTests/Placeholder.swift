// WebTests: arrive with the module.
