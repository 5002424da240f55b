import Cryptography
import Testing

@Suite("A secret")
struct SecretTests {
    struct Holder {
        let name = "trino"
        let password = Secret("hunter2")
    }

    @Test("prints as dots however it is printed, alone or inside another value")
    func shownAsDots() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(Holder(), to: &dumped)
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", "\(Holder())", dumped,
        ]
        for text in texts {
            #expect(text.contains("•••"))
            #expect(!text.contains("hunter2"))
        }
    }

    @Test("cannot be encoded or compared, and gives its text only when it is asked for it")
    func revealedOnPurpose() {
        let secret: Any = Secret("hunter2")
        #expect(!(secret is any Encodable))
        #expect(!(secret is any Equatable))
        #expect(Secret("hunter2").reveal() == "hunter2")
    }
}
