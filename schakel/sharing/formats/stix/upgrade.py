"""Objects of STIX 2.0 read as those of 2.1; the original stays as it came. docs/reference/stix.md tells the mapping.

Sources: STIX 2.0 (parts 1, 2 and 4) and the list of changes in STIX 2.1, appendix D.
"""

from typing import Any, Final

from schakel.sharing.formats.stix.limits import Json

TYPES: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "indicator": (
        "indicator_types",
        frozenset(
            {"anomalous-activity", "anonymization", "attribution", "benign", "compromised", "malicious-activity"}
        ),
    ),
    "malware": (
        "malware_types",
        frozenset(
            {"adware", "backdoor", "bot", "ddos", "dropper", "exploit-kit", "keylogger", "ransomware", "rootkit"}
            | {"remote-access-trojan", "resource-exploitation", "rogue-security-software", "screen-capture"}
            | {"spyware", "trojan", "virus", "worm"}
        ),
    ),
    "report": (
        "report_types",
        frozenset(
            {"attack-pattern", "campaign", "identity", "indicator", "intrusion-set", "malware", "observed-data"}
            | {"threat-actor", "threat-report", "tool", "vulnerability"}
        ),
    ),
    "threat-actor": (
        "threat_actor_types",
        frozenset(
            {"activist", "competitor", "crime-syndicate", "criminal", "hacker", "insider-accidental"}
            | {"insider-disgruntled", "nation-state", "sensationalist", "spy", "terrorist"}
        ),
    ),
    "tool": (
        "tool_types",
        frozenset(
            {"credential-exploitation", "denial-of-service", "exploitation", "information-gathering"}
            | {"network-capture", "remote-access", "vulnerability-scanning"}
        ),
    ),
}
"""Labels of 2.0 that became a list of their own in 2.1; what its vocabulary does not know stays a label."""
RENAMED: Final[dict[str, dict[str, str]]] = {
    "file": {"created": "ctime", "modified": "mtime", "accessed": "atime"},
    "directory": {"created": "ctime", "modified": "mtime", "accessed": "atime"},
    "process": {"created": "created_time", "binary_ref": "image_ref"},
    "windows-registry-key": {"modified": "modified_time"},
    "user-account": {"password_last_changed": "credential_last_changed"},
}
"""Properties of observables that have another name in 2.1."""


def is_old(one: Json, *, bundle: str) -> bool:
    """Whether an object is of 2.0: it has no version of its own, and it is versioned or its bundle says so."""
    if one.get("spec_version") == "2.0":
        return True
    return "spec_version" not in one and (bundle == "2.0" or "created" in one)


def upgraded(one: Json) -> Json:
    """The same object in the words of 2.1; the one given is not touched."""
    new = one | {"spec_version": "2.1"}
    _sort_labels(new)
    if one["type"] == "indicator":
        new |= {"pattern_type": "stix", "pattern_version": "2.0"}
        if one.get("valid_until") == one.get("valid_from"):  # Some tools write the one moment that they know twice.
            new.pop("valid_until", None)
    elif one["type"] == "malware":
        new.setdefault("is_family", True)  # 2.0 names malware; samples of it are other objects.
    elif one["type"] == "observed-data" and isinstance(one.get("objects"), dict):
        new["objects"] = {key: _observable(value) for key, value in one["objects"].items()}
    elif one["type"] == "marking-definition" and isinstance(one.get("definition"), dict) and "tlp" in one["definition"]:
        new.setdefault("name", f"TLP:{one['definition']['tlp']}".upper())
    return new


def _sort_labels(new: Json) -> None:
    if new["type"] not in TYPES or not isinstance(new.get("labels"), list):
        return
    name, vocabulary = TYPES[new["type"]]
    for key, labels in ((name, _within(new["labels"], vocabulary)), ("labels", _beyond(new["labels"], vocabulary))):
        if labels:
            new[key] = labels
        else:
            new.pop(key, None)


def _within(labels: list[Any], vocabulary: frozenset[str]) -> list[Any]:
    return [label for label in labels if isinstance(label, str) and label in vocabulary]


def _beyond(labels: list[Any], vocabulary: frozenset[str]) -> list[Any]:
    return [label for label in labels if not isinstance(label, str) or label not in vocabulary]


def _observable(one: Any) -> Any:
    if not isinstance(one, dict):
        return one
    names = RENAMED.get(str(one.get("type")), {})
    return {names.get(name, name): value for name, value in one.items()}
