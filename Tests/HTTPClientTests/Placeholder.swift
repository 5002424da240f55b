// HTTPClientTests: arrive with the module.
