/// The sign of Weir: a flow that steps down.
enum Icon {
    static let text = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#0b6b7a"/>\
        <g fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round"><path d="M4 7.5h6.5c2.5 0 2.5 3.5 5 3.5\
        H20"/><path d="M4 12h5.5c2.5 0 2.5 3.5 5 3.5H20" opacity=".65"/><path d="M4 16.5h4.5c2.5 0 2.5 3 5 \
        3H20" opacity=".35"/></g></svg>
        """
}
