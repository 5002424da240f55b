// DomainTests: arrive with the module.
