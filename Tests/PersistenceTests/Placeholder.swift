// PersistenceTests: arrive with the module.
