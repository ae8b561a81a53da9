"""Facebook Pages: text, link, pictures, video and Reel. All uploads are unpublished; one small call publishes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from publisher.channels import facebook_comment as comment
from publisher.channels import facebook_video as video
from publisher.channels.base import (
    Absent,
    Account,
    CannotTell,
    Finding,
    Found,
    Limits,
    Look,
    OfAccount,
    Outcome,
    Post,
    Prepared,
    Rejected,
    Retry,
    Sent,
    Unknown,
)
from publisher.channels.facebook_check import check_page
from publisher.channels.facebook_errors import judge_graph
from publisher.channels.facebook_find import find_film, find_post, look_up, whole_url
from publisher.channels.facebook_graph import Graph, Graphed, GraphError, GraphReply
from publisher.channels.facebook_login import take_page_token
from publisher.channels.facebook_schedule import HANDLE, LATEST, SHAPES, SOONEST, NativeSchedule
from publisher.channels.facebook_settings import SECRETS, SETTINGS, VERSION_ENDS, Settings, parse_settings
from publisher.channels.fitting import fit_limits, images_of, media_of
from publisher.channels.link import Link, marked_settings, token_help
from publisher.channels.notes import Notes
from publisher.channels.outcomes import before_commit
from publisher.channels.rates import Rate, Usage
from publisher.channels.reservations import Reservations
from publisher.channels.secrets import Secret
from publisher.channels.web import Web

__all__ = [
    "KIND",
    "LIMITS",
    "SECRETS",
    "SETTINGS",
    "Facebook",
    "connect",
    "limits_of",
    "parse_settings",
    "refine_secret",
]

KIND = "facebook"
LIMITS = Limits(
    text=63_206,  # client tables; the vendor prints no number
    images=10,  # what the composer of a Page takes; the API names no number
    image_bytes=4_000_000,  # older documentation and real error texts; the current page says 10 MB
    png_bytes=1_000_000,  # larger ones "may appear pixelated" (Graph API, Page photos)
    image_mimes=("image/png", "image/jpeg"),
    video_bytes=1_000_000_000,
    video_s=90.0,  # Reels guide
    shapes=("text", "link", "photo", "photos", "video", "reel", "comment"),
)
REFUSED_S = 3600.0
SHORTEST_REEL_S = 3.0  # Reels guide
FILM_S = 240 * 60.0  # a film in the feed; the vendor's help pages, not the API's
# 100 Pages at 08:00 are spread over half an hour: code 368 blocks accounts that look like a burst.
NETWORK_RATE = Rate(every_s=20)


def limits_of(account: Account) -> Limits:
    """The same for every account of this kind."""
    return LIMITS


def connect(account: Account, link: Link) -> Facebook:
    """The Page's channel. Raises CredentialsError when its token is not set."""
    settings = parse_settings(marked_settings(account), account.secrets)
    token = link.secret(account, "token", SECRETS["token"])
    app_secret = link.optional_secret(account, "app_secret")
    bases = tuple(link.base(url) for url in (settings.base_url, settings.video_url, settings.upload_url))
    known = (token,) if app_secret is None else (token, app_secret)

    def reach(base: str) -> Graph:
        web = Web((base, bases[2]), settings.timeout_s, known, sandboxed=link.sandbox is not None)
        return Graph(web, token, version=settings.version, app_secret=app_secret, upload_base=bases[2])

    graph = reach(bases[0])
    book = Reservations(link.folder / "scheduled")
    held = NativeSchedule(graph, settings.page_id, book, token_help(account, "token", SECRETS["token"]))
    return Facebook(account, settings, graph, reach(bases[1]), Notes(link.folder), held)


def refine_secret(account: Account, link: Link, name: str, given: Secret) -> str | Retry | Rejected:
    """What is kept of a secret that a person has entered: of a person's token, that of the Page it leads to."""
    if name != "token":
        return given.reveal()
    settings = parse_settings(marked_settings(account), account.secrets)
    return take_page_token(account, settings, link, given, link.optional_secret(account, "app_secret"))


@dataclass
class Facebook(OfAccount):
    """One Page. `graph` speaks to the API, `films` to the host that takes videos."""

    account: Account
    settings: Settings
    graph: Graph
    films: Graph
    notes: Notes
    held: NativeSchedule
    limits: Limits = LIMITS
    reclaimed: set[str] = field(default_factory=set)
    """Keys of the pieces after which Facebook was asked once whether it holds them."""
    rests_until: datetime | None = None
    """Until when nothing new is given to Facebook to hold, after it has refused or asked to wait."""

    @property
    def _token(self) -> str:
        return token_help(self.account, "token", SECRETS["token"])

    @property
    def usage(self) -> Usage:
        """What Facebook said last about the use of its limit, of either host the more."""
        return max(self.graph.usage, self.films.usage, key=lambda usage: (usage.wait_s, usage.percent))

    def fit(self, post: Post) -> tuple[str, ...]:
        limits = self.limits if post.shape == "reel" else replace(self.limits, video_s=FILM_S)
        reasons = list(fit_limits(post, limits))
        images, film = images_of(post), media_of(post, "video")
        if post.shape in ("photo", "photos") and not images:
            reasons.append("pictures: none; a photo post needs one")
        if post.shape in ("video", "reel") and film is None:
            reasons.append("video: none; this post needs one")
        if post.shape == "reel" and film is not None and 0 < film.seconds < SHORTEST_REEL_S:
            reasons.append(f"video: {film.seconds:g} s; a Reel lasts at least {SHORTEST_REEL_S:g} s")
        if images and film is not None and post.shape not in ("video", "reel"):
            reasons.append("pictures and a video in one post are refused by Facebook; make two posts")
        reasons += comment.fit_comment(post) if post.shape == "comment" else ()
        if post.shape in ("text", "link") and not (post.text.strip() or post.link):
            reasons.append("text: empty; a post needs words")
        return tuple(reasons)

    def prepare(self, post: Post, handles: Mapping[str, str]) -> Prepared | Retry | Rejected:
        if post.shape in ("video", "reel"):
            return video.prepare_video(self.graph, self.films, post, self._video(post, handles), self._refuse)
        if post.shape == "comment":
            return comment.prepare_comment(handles)
        taken = self.held.take(post)
        if taken is not None:
            return taken
        none = {HANDLE: ""} if HANDLE in handles else {}  # what an earlier attempt knew of is no longer held
        if post.shape in ("photo", "photos"):
            ready = self._prepare_photos(post, {**self.notes.read(post.key), **handles})
            return Prepared({**ready.handles, **none}) if isinstance(ready, Prepared) else ready
        return Prepared(none)

    def _video(self, post: Post, handles: Mapping[str, str]) -> video.Film:
        """The upload as far as it is known: of these bytes only, or another film would go out, or parts of two."""
        media, noted = media_of(post, "video"), self.notes.read(post.key)
        of = {"film": media.sha256 if media is not None else ""}
        known = {**(noted if noted.get("film") == of["film"] else {}), **handles}
        return video.Film(self.settings.page_id, known, lambda new: self.notes.write(post.key, {**known, **new, **of}))

    def _prepare_photos(
        self, post: Post, known: dict[str, str], *, scheduled: bool = False
    ) -> Prepared | Retry | Rejected:
        """Upload each picture unpublished; one whose id still answers is not uploaded twice."""
        ids: dict[str, str] = {}
        for number, image in enumerate(images_of(post)):
            handle = f"photo:{number}:{image.sha256[:16]}"
            if handle in known and isinstance(self.graph.read(known[handle], fields="id"), Graphed):
                ids[handle] = known[handle]
                continue
            fields = {"published": False, "alt_text_custom": image.alt}
            fields |= {"temporary": True} if scheduled else {}  # without it a scheduled post loses its pictures
            reply = self.graph.upload(f"{self.settings.page_id}/photos", fields, "source", image.path)
            if not isinstance(reply, Graphed):
                return self._refuse(reply)
            ids[handle] = str(reply.value.get("id", ""))
            if not ids[handle]:
                return Retry("Facebook gave a picture no id", 120.0)
            if not scheduled:
                self.notes.write(post.key, ids)
        return Prepared(ids)

    def _refuse(self, reply: GraphReply) -> Retry | Rejected:
        if isinstance(reply, Graphed):
            return Retry("an unexpected answer while uploading", 120.0)
        return before_commit(judge_graph(reply, token=self._token))

    def commit(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        if post.shape in ("video", "reel"):
            return self._commit_video(post, handles)
        if post.shape == "comment":
            return comment.send_comment(self.graph, post, handles, token=self._token)
        if handles.get(HANDLE):
            return self.held.publish(post, handles[HANDLE])
        fields = self._fields(post, handles)
        if isinstance(fields, Rejected):
            return fields
        reply = self.graph.write(f"{self.settings.page_id}/feed", fields)
        if not isinstance(reply, Graphed):
            return judge_graph(reply, token=self._token)
        post_id = str(reply.value.get("id", ""))
        if not post_id:
            return Unknown("Facebook accepted the post and gave no id, so it may be out")
        self.notes.forget(post.key)
        return Sent(post_id, f"https://www.facebook.com/{post_id}", "Facebook gave the id")

    def _fields(self, post: Post, handles: Mapping[str, str]) -> dict[str, object] | Rejected:
        """The form of a post in the feed."""
        fields: dict[str, object] = {"message": post.text}
        if post.shape == "link" and post.link:
            fields["link"] = post.link
        photos = sorted((k for k in handles if k.startswith("photo:")), key=lambda k: int(k.split(":")[1]))
        if post.shape in ("photo", "photos") and len(photos) != len(images_of(post)):
            return Rejected("its pictures were not uploaded: prepare the post again")
        for number, key in enumerate(photos):
            fields[f"attached_media[{number}]"] = {"media_fbid": handles[key]}
        return fields

    @property
    def reserves(self) -> bool:
        return self.settings.native_schedule

    def may_reserve(self, post: Post, now: datetime) -> bool:
        in_time = post.due_at is not None and SOONEST <= post.due_at - now <= LATEST
        rests = self.rests_until is not None and now < self.rests_until
        return post.shape in SHAPES and in_time and not rests and not self.fit(post)

    def reserve(self, post: Post, now: datetime) -> Retry | Rejected | None:
        def fields_of(post: Post) -> dict[str, object] | Retry | Rejected:
            if post.shape not in ("photo", "photos"):
                return self._fields(post, {})
            ready = self._prepare_photos(post, {}, scheduled=True)
            return self._fields(post, ready.handles) if isinstance(ready, Prepared) else ready

        made = self.held.reserve(post, fields_of, now=now)
        if not isinstance(made, Retry | Rejected):
            return None
        # Asked again every minute, a refusal would become a flood: the piece goes by our own clock meanwhile.
        self.rests_until = now + timedelta(seconds=made.after_s if isinstance(made, Retry) else REFUSED_S)
        return made

    def reserved(self) -> tuple[str, ...]:
        return tuple(reservation.key for reservation in self.held.book.all())

    def holds(self, post: Post) -> bool:
        known = self.held.book.get(post.key)
        return known is not None and known.matches(post)

    def reclaim(self, posts: Sequence[Post]) -> None:
        new = [post for post in posts if post.shape in SHAPES and post.key not in self.reclaimed]
        if new and not self.held.reclaim(new):
            self.reclaimed |= {post.key for post in new}

    def settle_reservation(self, key: str) -> None:
        self.held.settle(key)

    def release(self, key: str) -> bool:
        return self.held.release(key)

    def published(self, post: Post) -> Sent | None:
        return self.held.published(post)

    def forget_reservation(self, key: str) -> None:
        self.held.book.forget(key)

    def _commit_video(self, post: Post, handles: Mapping[str, str]) -> Outcome:
        video_id = handles.get("video_id", "")
        if not video_id:
            return Rejected("its video was not uploaded: prepare the post again")
        reply = video.finish_video(self.graph, self.films, post, self.settings.page_id, handles)
        if not isinstance(reply, Graphed):
            return judge_graph(reply, token=self._token)
        look: Look = CannotTell("not read yet", "")
        for turn in range(self.settings.polls):
            if turn:
                time.sleep(self.settings.poll_s)
            look = video.look_at_video(self.graph, video_id)
            if isinstance(look, Found):
                self.notes.forget(post.key)
                return look.sent
            if isinstance(look, Absent) and not look.evidence.startswith(video.NOT_BEGUN):
                return Rejected(f"Facebook could not process the video: {look.evidence}")
        return Unknown("Facebook took the video and is still processing it")

    def confirm(self, post: Post, sent: Sent) -> Sent:
        reply = self.graph.read(sent.id, fields="id,permalink_url,created_time")
        if not isinstance(reply, Graphed):
            return sent
        url = whole_url(str(reply.value.get("permalink_url") or sent.url))
        return Sent(sent.id, url, f"read back: created {reply.value.get('created_time', 'at an unknown time')}")

    def find(self, post: Post, handles: Mapping[str, str], since: datetime) -> Look:
        return self.find_except(post, handles, since, frozenset())

    def find_except(self, post: Post, handles: Mapping[str, str], since: datetime, others: frozenset[str]) -> Look:
        if post.shape in ("video", "reel"):
            return self._find_video(post, handles.get("video_id", ""), since, others)
        if handles.get(HANDLE) and "id" not in handles:
            return self.held.look(handles[HANDLE])
        if "id" in handles:  # words may have been corrected since; the number stays
            return look_up(self.graph, handles["id"])
        if post.shape == "comment":
            return comment.find_comment(self.graph, self.settings.page_id, post, handles)
        seen = find_post(self.graph, self.settings.page_id, post, handles, since, others)
        if isinstance(seen, Absent) and self.reserves and post.shape in SHAPES:
            unread = self.held.reclaim([post])  # scheduled by a machine that is lost, it would go out beside ours
            return CannotTell(unread, f"https://www.facebook.com/{self.settings.page_id}") if unread else seen
        return seen

    def _find_video(self, post: Post, own: str, since: datetime, others: frozenset[str]) -> Look:
        """By the id that was stored before the commit. Without it (a restored backup) the film may be out under an id
        that nobody here knows: its words decide then.
        """
        known = own or self.notes.read(post.key).get("video_id", "")
        look = video.look_at_video(self.graph, known) if known else Absent("no upload of it is known here")
        if isinstance(look, Absent) and not own:
            return find_film(self.graph, self.settings.page_id, post, since, others)
        return look

    def check(self) -> tuple[Finding, ...]:
        ends = self.settings.version_ends or VERSION_ENDS.get(self.settings.version)
        findings = check_page(
            self.graph,
            self.settings,
            ends=ends,
            today=datetime.now(UTC).date(),
            token=self._token,
            place=self.account.path,
        )
        return (*findings, *self.held.check())

    def correct(self, post: Post, sent: Sent) -> Outcome:
        """Replace the words; Facebook lets no picture or video of a post be exchanged."""
        field = "description" if post.shape in ("video", "reel") else "message"
        return self._change(self.graph.write(sent.id, {field: post.text}), sent, "the words were replaced")

    def withdraw(self, post: Post, sent: Sent) -> Outcome:
        """Delete the post. One that is no longer there counts as withdrawn."""
        reply = self.graph.delete(sent.id)
        if isinstance(reply, GraphError) and reply.code == 100 and reply.subcode == 33:
            return Sent(sent.id, "", "it was no longer there")
        return self._change(reply, Sent(sent.id, "", ""), "deleted")

    def _change(self, reply: GraphReply, sent: Sent, done: str) -> Outcome:
        if not isinstance(reply, Graphed):
            return judge_graph(reply, token=self._token)
        if reply.value.get("success") is not True:
            return Unknown("Facebook did not say that the change was made")
        return Sent(sent.id, sent.url, done)
