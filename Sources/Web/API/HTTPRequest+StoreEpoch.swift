import API
import EventSourcing
import HTTPServer

extension HTTPRequest {
    /// The log's epoch, which must be the one that the client names, by `Weir-Store-Epoch` or, as a browser's
    /// EventSource sends no fields, by the query's `epoch`. Who names none gets any log.
    func storeEpoch(of events: any EventStore) async throws -> StoreEpoch {
        let epoch = try await events.epoch()
        let named = [
            ("epoch", query["epoch"]), (HeaderName.storeEpoch, fields[HTTPFields.Name(HeaderName.storeEpoch)]),
        ]
        for case (let parameter, let text?) in named {
            guard let known = StoreEpoch(text) else {
                throw Problem(
                    status: 400, code: "epoch-invalid", title: "A parameter is not acceptable",
                    errors: [
                        .init(
                            parameter: parameter, code: "malformed",
                            detail: "must be a store epoch, as answers give it in \(HeaderName.storeEpoch)")
                    ])
            }
            guard known == epoch else {
                throw Problem(
                    status: 409, code: "store-epoch-changed", title: "The log is another one than before",
                    detail: """
                        the log is of store epoch \(epoch), not \(known): it was restored to an earlier state. Seqs from \
                        before may name other events now; read again from 0, or from the seq of the event system.restored
                        """)
            }
        }
        return epoch
    }
}

extension HTTPResponse {
    /// The same answer, naming the log that it is of.
    func naming(_ epoch: StoreEpoch) -> HTTPResponse {
        var response = self
        response.fields[HTTPFields.Name(HeaderName.storeEpoch)] = epoch.description
        return response
    }
}
