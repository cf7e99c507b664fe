"""Last labels of names outside of the cluster: top-level domains (IANA's root zone), and usual names of private networks."""

from __future__ import annotations

_GENERIC = (
    "academy agency ai app art biz blog build business care cc center cloud club co com company computer consulting design dev "
    "digital edu email engineering events expert fm fun gg global gov group guru health help host icu info ink int io is it "
    "kitchen land live ltd media mil mobi name net network news ninja online org page plus pro rocks run science services sh shop "
    "site social software solutions space store studio support systems tech technology tips to tools top tv wiki work works world "
    "ws wtf xyz zone"
)
_COUNTRIES = (
    "ac ad ae af ag al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cd cf cg ch ci ck cl "
    "cm cn cr cu cv cw cx cy cz de dj dk do dz ec ee eg er es et eu fi fj fk fo fr ga gd ge gf gh gi gl gm gn gp gq gr gs gt gu "
    "gw gy hk hm hn hr ht hu id ie il im in iq ir je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly "
    "ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk "
    "pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk "
    "tl tm tn tr tt tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ye yt za zm zw"
)
_OWN = "corp home internal intranet lan local localdomain private"
TOP_LEVEL = frozenset(f"{_GENERIC} {_COUNTRIES} {_OWN}".split())
"""Last labels of names with three or more."""
COMMON = frozenset(
    ("ai", "app", "at", "ch", "cloud", "com", "de", "dev", "edu", "eu", "fr", "gov", "internal", "io", "local", "net", "org", "uk", "us")
)
"""Last labels of names with two: fewer, because `db.shop` is more likely a Service in a namespace."""
