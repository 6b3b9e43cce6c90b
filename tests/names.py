"""Names that somebody will try, none of which is an organization or a repository."""

NAMES = [
    *["", ".", "..", "_", "-", "/", ".a", "_a", "-a", "a.", "a_", "a-", "/a", "a/"],
    *["A", "aB", "Group", "a___b", "a..b", "a._b", "a.-b", "a_-b", "a-.b"],
    *["a b", " a", "a ", "a\n", "a\r", "a\t", "\na", "a\x00", "a\x7f"],
    *["a%2fb", "a%2Fb", "a%00", "a%25", "a%", "a\\b", "a:b", "a@b", "a;b", "a?b", "a#b", "a*", "*"],
    "a\uff0fb",  # fullwidth solidus
    "\u0430cme",  # Cyrillic a
    "a\u202eb",  # right-to-left override
    "a\u200bb",  # zero width space
    "a\u0131b",  # dotless i
    "\u0130",  # dotted capital I
    "\ufb01",  # ligature fi
    "e\u0301",  # e and a combining acute
    "\u0661",  # Arabic digit one
    "\U0001f600",
    "\ud800",  # half a surrogate pair
    "a\udcc0\udcaf",  # overlong UTF-8, as WSGI hands it over
]
