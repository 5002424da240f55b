// APIClientTests: arrive with the module.
