// EndToEndTests: arrive with the module.
