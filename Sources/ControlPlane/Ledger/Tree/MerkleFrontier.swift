package import Cryptography

/// The right edge of a Merkle tree (RFC 6962, section 2.1): all that is needed to append leaves and to know the root.
///
/// The edge holds the root of one complete subtree for each 1 in the binary form of the size, the largest first.
package struct MerkleFrontier: Hashable, Sendable {
    /// How many leaves the tree has.
    package private(set) var size: Int64 = 0
    private var peaks: [SHA256Digest] = []

    /// A tree without leaves.
    package init() {}

    /// A tree of which the edge is known; nil where that does not fit the size.
    package init?(size: Int64, peaks: [SHA256Digest]) {
        guard size >= 0, peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Appends a leaf.
    ///
    /// - Parameter completed: Is told of every subtree of two leaves or more that becomes complete.
    package mutating func append(_ leaf: SHA256Digest, completed: (Subtree, SHA256Digest) -> Void = { _, _ in }) {
        var node = leaf
        var level = 0
        while size >> level & 1 == 1, let left = peaks.popLast() {
            node = MerkleTree.node(left, node)
            level += 1
            completed(Subtree(level: level, number: size >> level), node)
        }
        peaks.append(node)
        size += 1
    }

    /// The root of the tree.
    package var root: SHA256Digest { MerkleTree.root(ofSubtrees: peaks) }
}

/// How nodes are hashed (RFC 6962, section 2.1).
package enum MerkleTree {
    /// The root of a tree without leaves.
    package static let emptyRoot = SHA256Digest(of: [])

    package static func leaf(_ content: some Collection<UInt8>) -> SHA256Digest {
        SHA256Digest(of: [0] + Array(content))
    }

    package static func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        SHA256Digest(of: 1, left, right)
    }

    /// The hash of a range that is parted into complete subtrees, the largest first.
    package static func root(ofSubtrees subtrees: some BidirectionalCollection<SHA256Digest>) -> SHA256Digest {
        guard let last = subtrees.last else { return emptyRoot }
        return subtrees.dropLast().reversed().reduce(last) { node($1, $0) }
    }

    /// The root of a complete subtree over a power of two of nodes.
    package static func root(ofComplete nodes: some Collection<SHA256Digest>) -> SHA256Digest {
        precondition(nodes.count.nonzeroBitCount == 1, "a complete subtree has a power of two of nodes")
        var level = Array(nodes)
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map { node(level[$0], level[$0 + 1]) }
        }
        return level[0]
    }
}

/// A complete subtree: it covers the leaves from `number` × 2^`level` on, 2^`level` of them.
package struct Subtree: Hashable, Sendable {
    package let level: Int
    package let number: Int64

    package init(level: Int, number: Int64) {
        self.level = level
        self.number = number
    }

    /// The subtrees that part a range of leaves, in their order: the fewest that do.
    package static func covering(_ range: Range<Int64>) -> [Subtree] {
        var start = range.lowerBound
        var subtrees: [Subtree] = []
        while start < range.upperBound {
            let fits = (range.upperBound - start).bitWidth - 1 - (range.upperBound - start).leadingZeroBitCount
            let level = start == 0 ? fits : min(fits, start.trailingZeroBitCount)
            subtrees.append(Subtree(level: level, number: start >> level))
            start += 1 << level
        }
        return subtrees
    }
}
