// EnginesTests: arrive with the module.
