/// The look of the pages: light and dark, dense, without anything from elsewhere.
enum Stylesheet {
    static let text = palette + frame + parts + tables
}
