// EventSourcingTests: arrive with the module.
