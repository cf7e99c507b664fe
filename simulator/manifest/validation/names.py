"""Rules for single texts: names, labels, keys, ports, addresses. Each returns its messages about the text, none when it is valid."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_interface

Rule = Callable[[str], list[str]]

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_UNDERSCORED_LABEL = r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_UNDERSCORED = rf"{_UNDERSCORED_LABEL}(\.{_UNDERSCORED_LABEL})*"
_LABEL_1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = rf"({_QUALIFIED})?"
_CONFIG_KEY = r"[-._a-zA-Z0-9]+"
_ENV_NAME = r"[-._a-zA-Z][-._a-zA-Z0-9]*"
_HEADER = r"[-A-Za-z0-9]+"
_PERCENT = r"[0-9]+%"
_HTTP_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"

NOT_NEGATIVE = "must be greater than or equal to 0"


def longest(most: int) -> str:
    """The message for a text that is too long."""
    return f"must be no more than {most} characters"


def between(low: int, high: int) -> str:
    """The message for a number out of range."""
    return f"must be between {low} and {high}, inclusive"


@lru_cache(maxsize=64)
def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.ASCII)


def _matches(regex: str, text: str) -> bool:
    return _pattern(regex).fullmatch(text) is not None


def _unlike(sentence: str, regex: str, *examples: str) -> str:
    if not examples:
        return f"{sentence} (regex used for validation is '{regex}')"
    listed = " or ".join(f"'{example}', " for example in examples)
    return f"{sentence} (e.g. {listed}regex used for validation is '{regex}')"


def _checked(text: str, most: int, regex: str, sentence: str, *examples: str) -> list[str]:
    problems = [longest(most)] if len(text.encode()) > most else []
    return problems if _matches(regex, text) else [*problems, _unlike(sentence, regex, *examples)]


def dns_label(text: str) -> list[str]:
    """An RFC 1123 label: names of namespaces, containers, volumes."""
    problems = [longest(63)] if len(text.encode()) > 63 else []
    if _matches(_LABEL, text):
        return problems
    if _matches(_SUBDOMAIN, text):
        return [*problems, "must not contain dots"]
    sentence = (
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
        "and must start and end with an alphanumeric character"
    )
    return [*problems, _unlike(sentence, _LABEL, "my-name", "123-abc")]


def dns_subdomain(text: str) -> list[str]:
    """An RFC 1123 subdomain: names of most objects."""
    sentence = (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        "and must start and end with an alphanumeric character"
    )
    return _checked(text, 253, _SUBDOMAIN, sentence, "example.com")


def underscored_subdomain(text: str) -> list[str]:
    """A search domain, where underscores are common."""
    sentence = (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
        "and must start and end with an alphanumeric character"
    )
    return _checked(text, 253, _UNDERSCORED, sentence, "example.com")


def dns_1035_label(text: str) -> list[str]:
    """An RFC 1035 label: names of Services, once."""
    sentence = (
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
        "and end with an alphanumeric character"
    )
    return _checked(text, 63, _LABEL_1035, sentence, "my-name", "abc-123")


def wildcard_subdomain(text: str) -> list[str]:
    """A host that begins with `*.`."""
    sentence = (
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case "
        "alphanumeric characters, '-' or '.' and end with an alphanumeric character"
    )
    return _checked(text, 253, rf"\*\.{_SUBDOMAIN}", sentence, "*.example.com")


def path_segment(text: str) -> list[str]:
    """A path segment of a URL: names of roles and of referenced kinds."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{sign}'" for sign in ("/", "%") if sign in text]


@lru_cache(maxsize=2048)
def _qualified(text: str) -> tuple[str, ...]:
    sentence = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
    unlike = _unlike(sentence, _QUALIFIED, "MyName", "my.name", "123-abc")
    prefix, slash, name = text.rpartition("/")
    problems: list[str] = []
    if "/" in prefix:
        return (f"a valid label key {unlike} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",)
    if slash:
        problems += [f"prefix part {word}" for word in (dns_subdomain(prefix) if prefix else ["must be non-empty"])]
    if not name:
        problems.append("name part must be non-empty")
    elif len(name.encode()) > 63:
        problems.append(f"name part {longest(63)}")
    return tuple(problems if _matches(_QUALIFIED, name) else [*problems, f"name part {unlike}"])


def qualified_name(text: str) -> list[str]:
    """A label key, a resource name: a name with an optional domain in front."""
    return list(_qualified(text))


@lru_cache(maxsize=2048)
def _label_value(text: str) -> tuple[str, ...]:
    sentence = (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
        "and must start and end with an alphanumeric character"
    )
    return tuple(_checked(text, 63, _LABEL_VALUE, sentence, "MyValue", "my_value", "12345"))


def label_value(text: str) -> list[str]:
    """The value of a label."""
    return list(_label_value(text))


def config_key(text: str) -> list[str]:
    """A key of a ConfigMap or a Secret: it becomes a file's name."""
    sentence = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    return [*_checked(text, 253, _CONFIG_KEY, sentence, "key.name", "KEY_NAME", "key-name"), *_leads_up(text)]


def env_name(text: str) -> list[str]:
    """The name of an environment variable in older releases."""
    sentence = (
        "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit"
    )
    problems = [] if _matches(_ENV_NAME, text) else [_unlike(sentence, _ENV_NAME, "my.env-name", "MY_ENV.NAME", "MyEnvName1")]
    return [*problems, *_leads_up(text)]


def any_env_name(text: str) -> list[str]:
    """The name of an environment variable: any text that can be printed."""
    if all(" " <= letter <= "~" and letter != "=" for letter in text):
        return []
    return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]


def _leads_up(text: str) -> list[str]:
    if text in (".", ".."):
        return [f"must not be '{text}'"]
    return ["must not start with '..'"] if text.startswith("..") else []


def port_number(number: int) -> list[str]:
    """A port."""
    return [] if 1 <= number <= 65535 else [between(1, 65535)]


def port_name(text: str) -> list[str]:
    """The name of a port (IANA_SVC_NAME)."""
    rules = (
        (len(text) > 15, longest(15)),
        (not _matches(r"[-a-z0-9]+", text), "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"),
        (not re.search("[a-z]", text), "must contain at least one letter (a-z)"),
        ("--" in text, "must not contain consecutive hyphens"),
        (text.startswith("-") or text.endswith("-"), "must not begin or end with a hyphen"),
    )
    return [sentence for broken, sentence in rules if broken]


def header_name(text: str) -> list[str]:
    """The name of an HTTP header."""
    if _matches(_HEADER, text):
        return []
    return [_unlike("a valid HTTP header must consist of alphanumeric characters or '-'", _HEADER, "X-Header-Name")]


def percent(text: str) -> list[str]:
    """A percentage."""
    if _matches(_PERCENT, text):
        return []
    return [_unlike("a valid percent string must be a numeric string followed by an ending '%'", _PERCENT, "1%", "93%")]


def domain_prefixed_path(text: str) -> list[tuple[str, str]]:
    """`acme.io/foo`. Returns pairs of the wrong part and the message."""
    host, _, path = text.partition("/")
    if not host or not path:
        return [(text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
    problems = [(host, sentence) for sentence in dns_subdomain(host)]
    return problems if _matches(_HTTP_PATH, path) else [*problems, (path, _unlike("Invalid path", _HTTP_PATH))]


def address(text: str) -> list[str]:
    """An IP address."""
    try:
        parsed = ip_address(text)
    except ValueError:
        zeros = re.fullmatch(r"\d+(\.\d+){3}", text) and all(int(part) < 256 for part in text.split("."))
        return ["must not have leading 0s" if zeros else "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    return ["must not be an IPv4-mapped IPv6 address"] if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped else []


def cidr(text: str, *, strict: bool = True) -> list[str]:
    """A network; when `strict`, without an address in it."""
    try:
        if "/" not in text:
            raise ValueError
        parsed = ip_interface(text)
    except ValueError:
        return ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"]
    return ["must not have bits set beyond the prefix length"] if strict and parsed.ip != parsed.network.network_address else []


def group_or_user_id(number: int) -> list[str]:
    """A numeric user or group."""
    return [] if 0 <= number <= 2**31 - 1 else [between(0, 2**31 - 1)]


def generated_beginning(rule: Rule) -> Rule:
    """The rule for `generateName`, where a trailing dash is allowed."""
    return lambda text: rule(f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text)
