// TelemetryTests: arrive with the module.
