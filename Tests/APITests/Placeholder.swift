// APITests: arrive with the module.
