"""URLs made absolute for people, and canonical for comparison."""

from __future__ import annotations

import re
from functools import lru_cache

import ada_url

# Source: sitemaps.org and the limit of old browsers; every address longer than this in the wild is a data URL or a mistake.
MAX_URL_CHARS = 2048

# Labels under which a site serves the same pages to other devices. A label only goes where a dotted name is left, so that
# `www.de` stays. A false match would need the same path and query on both hosts.
_TWIN_LABELS = ("www.", "m.", "mobile.", "amp.")

# Names of parameters that say where a click came from and never which page is meant, by the system that adds them.
_TRACKING_PREFIXES = (
    "utm_",  # Google Analytics (Urchin)
    "wt_",  # Mapp, formerly Webtrekk: heise (wt_mc), Zeit (wt_zmc), SRF
    "wt.",  # Webtrends
    "at_",  # Piano, formerly AT Internet: BBC, RTS, Tagesschau (at_medium, at_campaign)
    "ns_",  # Comscore: BBC (ns_mchannel, ns_campaign, ns_fee)
    "pk_",  # Matomo, formerly Piwik
    "piwik_",
    "matomo_",
    "mtm_",
    "mktc",  # NZZ (mktcid, mktcval)
    "hsa_",  # HubSpot
    "fb_",  # Facebook (fb_ref, fb_source, fb_action_ids)
    "itm_",  # internal campaigns: Stern, Capital
    "guce_",  # Yahoo's consent page
)
_TRACKING_NAMES = frozenset(
    {
        # click ids of advertisers and networks
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "li_fat_id"),
        *("igshid", "igsh", "dicbo", "srsltid", "_openstat", "_ga", "_gl"),
        # newsletters: HubSpot, Mailchimp, Marketo, Omeda, Vero
        *("_hsenc", "_hsmi", "mc_cid", "mc_eid", "mkt_tok", "oly_enc_id", "oly_anon_id", "vero_id"),
        # AT Internet of old: Le Monde (xtor), Le Temps
        *("xtor", "xtref", "xtcr"),
        # one publisher each: Deutsche Welle, Spiegel, FAZ, Welt, Guardian, Bloomberg, New York Times, Washington Post,
        # CNN, Al Jazeera, NBC and MSN, Daily Mail, Ziff Davis, Yahoo, Adobe's default
        *("maca", "sara_ref", "gepc", "wtmc", "wtrid", "cmp", "cmpid", "smid", "smtyp", "emc", "mwrsm", "wprss", "postshare"),
        *("eref", "traffic_source", "ocid", "ncid", "ito", "ftag", "kc", ".tsrc", "soc_src", "soc_trk", "guccounter", "s_cid"),
    }
)
# Names that other sites use for content: they only go when the value says that the click came from a feed (Standard
# `ref=rss`, Slashdot `from=rss`, Medium `source=rss-1234`, Wall Street Journal `mod=rss_World`).
_HINT_NAMES = frozenset(
    {"ref", "referrer", "source", "src", "from", "mod", "partner", "siteid", "via", "origin", "_location", "feedtype"}
)
_HINT_VALUE = re.compile(r"(?<![a-z])(?:rss|(?:feeds?|atom|rdf)(?![a-z]))", re.IGNORECASE)
_HINT_FLAGS = frozenset({"rss", "rss=1", "rss=true", "rss=yes"})  # Science, swissinfo

# C0, C1, line and paragraph separators, bidi controls, surrogates: never part of an address, often part of an attack.
_NEVER_IN_URLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")

# Addresses whose normal form is themselves, which is most: told for a quarter of what making it costs. Left out is what the
# URL standard may rewrite: numbers and Punycode as hosts, ports, dots that begin a segment, escapes in a path.
_NORMAL = re.compile(
    r"https?://(?:(?!xn--)[a-z0-9-]+\.)+[a-z]{2,}(?:/(?!\.)[A-Za-z0-9_~!$&()*+,;=:@.-]*)+"
    r"(?:\?[A-Za-z0-9_~!$&()*+,;=:@./?%-]*)?(?:#[A-Za-z0-9_~!$&()*+,;=:@./?%-]*)?"
)


def absolute_url(url: str | None, *, base: str | None = None) -> str | None:
    """Return the normal form (WHATWG) of a http or https URL, resolved against `base`; None where there is none to trust.

    Refused: other schemes, names and passwords in the address, more than MAX_URL_CHARS.
    """
    if not url:
        return None
    if not (url.isascii() and url.isprintable()):
        url = _NEVER_IN_URLS.sub("", url)
    url = url.strip()
    if not url or len(url) > MAX_URL_CHARS:
        return None
    if _NORMAL.fullmatch(url):
        return url
    try:
        href = ada_url.join_url(base, url) if base else ada_url.normalize_url(url)
    except ValueError:  # not a URL, or relative to nothing
        return None
    if not href.startswith(("https://", "http://")) or len(href) > MAX_URL_CHARS:
        return None
    authority = href.split("/", 3)[2]
    return href if authority and "@" not in authority else None


def canonical_url(url: str) -> str:
    """Return the form by which two URLs are compared; it is not for fetching or showing. Applying it twice changes nothing.

    Alike are: http and https, the host with and without `www.` and the like, a default port, a closing slash, tracking
    parameters (in the query and in the fragment). Other parameters keep their order: for servers that read the first or
    the last of equal names it means something, and no publisher was seen to vary it. Other fragments stay: in tickers
    they are the entries.
    """
    try:
        return canonical_form(url if _NORMAL.fullmatch(url) else ada_url.normalize_url(url))
    except ValueError:
        return url


def canonical_form(href: str) -> str:
    """Return the canonical form of a URL that is in normal form already, as `absolute_url` gives it."""
    scheme, separator, rest = href.partition("://")
    if not separator or scheme not in ("https", "http"):
        return href
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    host, _, path = rest.partition("/")
    canonical = "https://" + _canonical_host(host)
    path = path.rstrip("/")
    if path:
        canonical += "/" + path
    if query:
        query = "&".join([field for field in query.split("&") if field and not _is_tracking(field)])
        if query:
            canonical += "?" + query
    if fragment and not all(_is_tracking(field) for field in fragment.removeprefix("?").split("&")):
        canonical += "#" + fragment
    return _upper_escapes(canonical) if "%" in canonical else canonical


@lru_cache(maxsize=1024)  # the entries of a feed share few
def _canonical_host(host: str) -> str:
    host = host.removesuffix(":80").removesuffix(":443")  # either: the scheme no longer tells
    name, colon, port = host.partition(":") if not host.startswith("[") else (host, "", "")
    name = name.rstrip(".")
    stripped = True
    while stripped:
        stripped = False
        for label in _TWIN_LABELS:
            if name.startswith(label) and "." in name[len(label) :]:
                name = name[len(label) :]
                stripped = True
    return name + colon + port


def _is_tracking(field: str) -> bool:
    name, _, value = field.partition("=")
    name = name.lower().removeprefix("amp;")  # escaped once too often by the publisher
    if name.startswith(_TRACKING_PREFIXES) or name in _TRACKING_NAMES or field.lower() in _HINT_FLAGS:
        return True
    return name in _HINT_NAMES and _HINT_VALUE.search(value) is not None


def _upper_escapes(url: str) -> str:
    """Write percent escapes in capitals (RFC 3986, 6.2.2.1)."""
    return _ESCAPE.sub(lambda match: match[0].upper(), url)
