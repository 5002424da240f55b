// HTTPServerTests: arrive with the module.
