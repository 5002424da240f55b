import API

/// The way to the next page of a list.
struct Paging {
    let path: HTML
    /// The cursor of the next page, nil at the end.
    let next: String?

    var html: HTML {
        guard let next else { return "" }
        return """
            <nav class="paging" aria-label="Pages"><a href="\(path)?cursor=\(PercentEncoding.encode(next))" rel="next">\
            More</a></nav>
            """
    }
}
