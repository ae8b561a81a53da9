"""What Graph's error numbers mean for a post. Source of the numbers: Graph's error handling guide and client tables."""

from __future__ import annotations

from publisher.channels.base import Duplicate, Outcome, Rejected, Retry, Unknown
from publisher.channels.facebook_graph import THROTTLED_S, GraphError
from publisher.channels.outcomes import NOT_CONNECTED_S
from publisher.channels.web import NeverLeft, NoAnswer

UPLOAD_AGAIN_S = 300.0
TOO_FAST_S = 4 * 3600.0  # 368/1390008: a pause of hours

_THROTTLES = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
_IN_DOUBT = frozenset({1, 2, 506, 1609010, 1363047, 1366051})
_LANDED = frozenset({506, 1366051})
# The file did not arrive or could not be worked on: nothing is out, and going on with the upload is safe.
_UPLOADS = frozenset({6000, 2069019, 1363019, 1363021, 1363030, 1363033, 1363037, 1363041})
_TOKEN_WORDS = {
    458: "the application was removed from the account; add it again and make a new token",
    459: "Facebook asks for a check of the account; log in at facebook.com, then run the check again",
    464: "the account is not confirmed; log in at facebook.com and confirm it",
    460: "the password was changed; make a new token",
    463: "the token has expired; make a new one",
    467: "the token is no longer valid; make a new one",
    492: "the account lost its role on the Page; give the role back, then make a new token",
}
_CONTENT = {
    324: "a picture is missing or unreadable; replace the file",
    1366046: "a picture is too large or cannot be read (at most 4 MB)",
    1609005: "Facebook cannot read the link; check the address",
    1609008: "the link leads to facebook.com; use another address",
    2061006: "the address is not valid",
    1349125: "the format of the content is not accepted",
    1363022: "the file is too small (under 1 KB)",
    1363023: "the file is too large",
    1363040: "the Reel's shape is not 9:16",
    1363127: "the Reel's resolution is under 540×960",
    1363128: "the Reel is shorter than 3 s or longer than 90 s",
    1363129: "the Reel's frame rate is not 24–60",
    1404078: "the Page needs Page Publishing Authorization; an administrator of the Page completes it at facebook.com",
}


def judge_graph(error: GraphError | NeverLeft | NoAnswer, *, token: str) -> Outcome:
    """The outcome of a publishing call that did not succeed; `token` names the setting behind the credentials."""
    if isinstance(error, NeverLeft):
        if error.settings:
            return Rejected(f"{error.reason}. Check the account's file and the post's files.")
        return Retry(error.reason, NOT_CONNECTED_S)
    if isinstance(error, NoAnswer):
        return Unknown(f"{error.reason}, so it may be out")
    number = f"Facebook {error.code}/{error.subcode}" if error.subcode else f"Facebook {error.code}"
    said = f"{number}: {error.message}" if error.message else number
    numbers = {error.code, error.subcode}
    if error.code == 4 and error.subcode == 2207051:  # seen after posts that were live
        return Unknown(f"{said}. This is also said after the post is out")
    if error.code in _THROTTLES:
        return Retry(f"Facebook asks to wait. {said}", error.wait_s or THROTTLED_S)
    if numbers & _LANDED:
        return Duplicate(f"{said}. An earlier attempt may have landed")
    if error.code == 368 and not error.subcode:  # the number for a policy, and for what was posted already
        return Duplicate(f"Facebook blocks this, by policy or as a copy. {said}. An earlier attempt may have landed")
    if numbers & _IN_DOUBT or error.transient:
        return Unknown(f"{said}, so it may be out")
    if numbers & _UPLOADS and not numbers & _CONTENT.keys():
        return Retry(f"Facebook could not take the file. {said}", error.wait_s or UPLOAD_AGAIN_S)
    return _judge_refusal(error, numbers, said, token)


def _judge_refusal(error: GraphError, numbers: set[int], said: str, token: str) -> Outcome:
    for number in sorted(numbers & _CONTENT.keys()):
        return Rejected(f"{_CONTENT[number]}. {said}")
    if error.code in (190, 102):
        why = _TOKEN_WORDS.get(error.subcode, "the token is not valid")
        return Rejected(f"{why}. {token} {said}")
    if error.code == 10 or 200 <= error.code <= 299 or error.subcode == 1363042:
        return Rejected(f"a right is missing (pages_manage_posts, task CREATE_CONTENT). {token} {said}")
    if error.code == 104:
        return Rejected(f"the application's secret does not belong to the token: check app_secret_env. {said}")
    if error.code == 2635:
        return Rejected(f"this version of Graph is gone: raise `version` in the account's file. {said}")
    if error.code == 368:
        if error.subcode == 1390008:
            return Retry(f"Facebook blocks for going too fast. {said}", TOO_FAST_S)
        return Rejected(f"Facebook blocks this by policy; a person looks at the Page's quality tab. {said}")
    if error.code in (3, 100):
        return Rejected(f"Facebook does not accept the request. {said}")
    if error.status >= 500 or error.status < 400:
        return Unknown(f"{said}, so it may be out")
    return Rejected(f"refused. {said}")
