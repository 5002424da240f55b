extension Client {
    /// How the other side of an `https` connection is recognised, and how this side shows who it is.
    package struct TLSOptions: Hashable, Sendable {
        package enum Verification: Hashable, Sendable {
            /// The certificate leads to a trusted authority and bears the host's name.
            case full
            /// Anything is taken for the server: for people who say so only.
            case none
        }

        /// A client certificate. Prints as dots.
        package struct Identity: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
            let certificateChain: String
            let privateKey: String

            /// - Parameters:
            ///   - certificateChain: PEM, the client's own certificate first.
            ///   - privateKey: PEM, not encrypted.
            package init(certificateChain: String, privateKey: String) {
                self.certificateChain = certificateChain
                self.privateKey = privateKey
            }

            package var description: String { "•••" }
            package var customMirror: Mirror { Mirror(self, children: []) }
        }

        /// Certificates in PEM that are trusted instead of the system's.
        package var authorities: String?
        package var identity: Identity?
        package var verification: Verification = .full

        package init() {}
    }
}
