// CryptographyTests: arrive with the module.
