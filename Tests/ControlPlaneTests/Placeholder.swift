// ControlPlaneTests: arrive with the module.
