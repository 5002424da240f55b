package import Cryptography

/// Which ranges of leaves a proof is made of, and how it is checked (RFC 6962, section 2.1; RFC 9162, section 2.1.3 and
/// 2.1.4, for the checks).
package enum MerkleProof {
    /// The ranges whose hashes are the audit path of a leaf, from the leaf to the root: PATH(m, D[n]).
    ///
    /// - Parameters:
    ///   - index: Counts from 0; less than `size`.
    package static func inclusionRanges(of index: Int64, in size: Int64) -> [Range<Int64>] {
        precondition(0 <= index && index < size, "the leaf is not in the tree")
        var path: [Range<Int64>] = []
        var range = 0..<size
        while range.count > 1 {
            let middle = range.lowerBound + split(Int64(range.count))
            if index < middle {
                path.append(middle..<range.upperBound)
                range = range.lowerBound..<middle
            } else {
                path.append(range.lowerBound..<middle)
                range = middle..<range.upperBound
            }
        }
        return path.reversed()
    }

    /// The ranges whose hashes show that the tree of `new` leaves begins with that of `old`: PROOF(m, D[n]).
    ///
    /// - Parameter old: From 1 to `new`.
    package static func consistencyRanges(from old: Int64, to new: Int64) -> [Range<Int64>] {
        precondition(0 < old && old <= new, "the old tree is not a part of the new one")
        var path: [Range<Int64>] = []
        var range = 0..<new
        while old != range.upperBound {
            let middle = range.lowerBound + split(Int64(range.count))
            if old <= middle {
                path.append(middle..<range.upperBound)
                range = range.lowerBound..<middle
            } else {
                path.append(range.lowerBound..<middle)
                range = middle..<range.upperBound
            }
        }
        // The old root itself is known to whoever asks.
        if range.lowerBound > 0 { path.append(range) }
        return path.reversed()
    }

    /// The largest power of two that is less than `count`.
    private static func split(_ count: Int64) -> Int64 {
        1 << (count.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The root that a leaf and its audit path lead to; nil where the path does not fit index and size.
    package static func root(
        from leaf: SHA256Digest, index: Int64, size: Int64, path: [SHA256Digest]
    ) -> SHA256Digest? {
        guard 0 <= index, index < size else { return nil }
        var position = index
        var last = size - 1
        var root = leaf
        for sibling in path {
            guard last > 0 else { return nil }
            if position & 1 == 1 || position == last {
                root = MerkleTree.node(sibling, root)
                while position & 1 == 0, position > 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                root = MerkleTree.node(root, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 ? root : nil
    }

    /// Whether the path shows that the tree with `newRoot` begins with that with `oldRoot`.
    package static func isConsistent(
        old: Int64, oldRoot: SHA256Digest, new: Int64, newRoot: SHA256Digest, path: [SHA256Digest]
    ) -> Bool {
        guard 0 < old, old <= new else { return false }
        if old == new { return path.isEmpty && oldRoot == newRoot }
        var path = path[...]
        if old.nonzeroBitCount == 1 { path.insert(oldRoot, at: path.startIndex) }
        guard var first = path.popFirst() else { return false }
        var second = first
        var position = old - 1
        var last = new - 1
        while position & 1 == 1 {
            position >>= 1
            last >>= 1
        }
        for sibling in path {
            guard last > 0 else { return false }
            if position & 1 == 1 || position == last {
                first = MerkleTree.node(sibling, first)
                second = MerkleTree.node(sibling, second)
                while position & 1 == 0, position > 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                second = MerkleTree.node(second, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && first == oldRoot && second == newRoot
    }
}
