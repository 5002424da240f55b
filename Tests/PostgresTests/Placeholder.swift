// PostgresTests: arrive with the module.
