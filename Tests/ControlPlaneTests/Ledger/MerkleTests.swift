import Cryptography
import Testing

@testable import ControlPlane

/// The vectors that implementations of RFC 6962 share (Certificate Transparency's merkle tree tests), and proofs of all
/// small trees.
@Suite struct MerkleTests {
    static let inputs = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    static func vectorLeaves() throws -> [SHA256Digest] {
        try inputs.map { MerkleTree.leaf(try Hexadecimal.decode($0)) }
    }

    /// The hash of a range as the RFC defines it, by recursion.
    static func hash(_ leaves: ArraySlice<SHA256Digest>) -> SHA256Digest {
        guard leaves.count > 1 else { return leaves.first ?? MerkleTree.emptyRoot }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return MerkleTree.node(hash(leaves[..<middle]), hash(leaves[middle...]))
    }

    static func hash(_ leaves: [SHA256Digest], _ range: Range<Int64>) -> SHA256Digest {
        hash(leaves[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    @Test func `the roots of the shared vectors come out at every size`() throws {
        var frontier = MerkleFrontier()
        #expect("\(frontier.root)" == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        for (leaf, root) in zip(try Self.vectorLeaves(), Self.roots) {
            frontier.append(leaf)
            #expect("\(frontier.root)" == root)
        }
    }

    @Test(arguments: [
        (
            0, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            5, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (0, 1, []),
    ])
    func `the audit paths of the shared vectors come out`(index: Int64, size: Int64, path: [String]) throws {
        let leaves = try Self.vectorLeaves()
        let ranges = MerkleProof.inclusionRanges(of: index, in: size)
        #expect(ranges.map { "\(Self.hash(leaves, $0))" } == path)
    }

    @Test(arguments: [
        (
            1, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            6, 8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (
            2, 5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
    ])
    func `the consistency paths of the shared vectors come out`(old: Int64, new: Int64, path: [String]) throws {
        let leaves = try Self.vectorLeaves()
        let ranges = MerkleProof.consistencyRanges(from: old, to: new)
        #expect(ranges.map { "\(Self.hash(leaves, $0))" } == path)
    }

    @Test func `every proof of every small tree holds, and none with anything changed`() {
        let leaves = (0..<40).map { MerkleTree.leaf([UInt8($0)]) }
        let wrong = MerkleTree.leaf([255])
        for size in Int64(1)...40 {
            let root = Self.hash(leaves, 0..<size)
            for index in 0..<size {
                let path = MerkleProof.inclusionRanges(of: index, in: size).map { Self.hash(leaves, $0) }
                func proves(_ leaf: SHA256Digest, _ index: Int64, _ path: [SHA256Digest]) -> Bool {
                    MerkleProof.root(from: leaf, index: index, size: size, path: path) == root
                }
                #expect(proves(leaves[Int(index)], index, path))
                #expect(!proves(wrong, index, path))
                #expect(size == 1 || !proves(leaves[Int(index)], index, path.dropLast()))
                #expect(!proves(leaves[Int(index)], index, path + [wrong]))
                #expect(!proves(leaves[Int(index)], index == 0 ? size : index - 1, path))
            }
            for old in 1...size {
                let oldRoot = Self.hash(leaves, 0..<old)
                let path = MerkleProof.consistencyRanges(from: old, to: size).map { Self.hash(leaves, $0) }
                func proves(_ oldRoot: SHA256Digest, _ path: [SHA256Digest]) -> Bool {
                    MerkleProof.isConsistent(old: old, oldRoot: oldRoot, new: size, newRoot: root, path: path)
                }
                #expect(proves(oldRoot, path))
                #expect(!proves(wrong, path))
                #expect(!proves(oldRoot, path + [wrong]))
                #expect(path.isEmpty || !proves(oldRoot, path.dropLast()))
            }
        }
    }

    @Test func `any range is parted into the fewest complete subtrees, and a frontier is taken up from them`() {
        let leaves = (0..<33).map { MerkleTree.leaf([UInt8($0)]) }
        for size in Int64(0)...33 {
            let covering = Subtree.covering(0..<size)
            #expect(covering.count == size.nonzeroBitCount)
            let peaks = covering.map {
                Self.hash(leaves, ($0.number << Int64($0.level))..<(($0.number + 1) << Int64($0.level)))
            }
            var frontier = MerkleFrontier(size: size, peaks: peaks)
            #expect(frontier?.root == Self.hash(leaves, 0..<size))
            frontier?.append(leaves[0])
            #expect(frontier?.root == Self.hash((leaves.prefix(Int(size)) + [leaves[0]])[...]))
        }
        #expect(MerkleFrontier(size: 3, peaks: [leaves[0]]) == nil)
        #expect(
            Subtree.covering(3..<9) == [
                .init(level: 0, number: 3), .init(level: 2, number: 1), .init(level: 0, number: 8),
            ])
    }

    @Test func `every subtree that becomes complete is told, once`() {
        var frontier = MerkleFrontier()
        var completed: [Subtree] = []
        let leaves = (0..<8).map { MerkleTree.leaf([UInt8($0)]) }
        for leaf in leaves {
            frontier.append(leaf) { subtree, hash in
                completed.append(subtree)
                #expect(
                    hash
                        == Self.hash(
                            leaves,
                            subtree.number << Int64(subtree.level)..<(subtree.number + 1) << Int64(subtree.level)))
            }
        }
        #expect(completed.filter { $0.level == 1 }.map(\.number) == [0, 1, 2, 3])
        #expect(completed.filter { $0.level == 2 }.map(\.number) == [0, 1])
        #expect(completed.filter { $0.level == 3 }.map(\.number) == [0])
        #expect(completed.count == 7)
    }
}
