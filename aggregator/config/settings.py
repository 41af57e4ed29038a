"""The settings, section by section: what every key means, its unit and its default.

The descriptions are the documentation: `docs/settings.md` is written from them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import CoreSchema, core_schema

from aggregator.config.units import parse_duration, parse_size
from aggregator.config.values import (
    check_base_url,
    check_language,
    check_network,
    check_origin,
    check_primary_language,
    check_private_target,
    check_slug,
    check_store_url,
    check_tag,
    check_timezone,
    check_token,
    check_web_url,
    check_word,
    is_public_https,
)
from aggregator.model.feed import FeedSettings
from aggregator.model.topic import Order, Per, Topic

Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
Word = Annotated[str, AfterValidator(check_word)]
Tag = Annotated[str, AfterValidator(check_tag)]
FeedUrl = Annotated[str, AfterValidator(check_web_url)]
Text = Annotated[str, Field(min_length=1)]

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class Section(BaseModel):
    """A table of keys: frozen, and without keys that are not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class SiteSettings(Section):
    """Who publishes, and where readers find it."""

    title: Text = Field(default="Nachrichten", description="Name of the site, shown on pages and in the titles of feeds.")
    base_url: Annotated[str, AfterValidator(check_base_url)] = Field(
        default="http://127.0.0.1:8040",
        description="Address under which readers reach the site; it stands in every emitted feed. "
        "Left out, it is made of `server.host` and `server.port`.",
    )
    language: Annotated[str, AfterValidator(check_language)] = Field(
        default="de",
        description="Language of emitted feeds, of sources that do not name one, and of pages where the browser asks for none "
        "that we have (`de`, `en`, `fr`, `it`). `-CH` writes as Switzerland does.",
    )
    timezone: Annotated[str, AfterValidator(check_timezone)] = Field(
        default="Europe/Zurich",
        description="Time zone of the site by its IANA name: whose midnights end the days and weeks of editions, and in which "
        "pages tell times.",
    )
    contact: str = Field(default="", description="E-mail or page where publishers reach you; sent to them with every request.")


class StoreSettings(Section):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(check_store_url)] = Field(
        default="sqlite:///data/aggregator.db",
        description="Database: `sqlite:///FILE` (relative to the folder of config.yaml; `sqlite:////FILE` from the root), "
        "or `postgresql+psycopg://USER:PASSWORD@HOST/DATABASE`.",
    )


class ServerSettings(Section):
    """The web server."""

    host: Text = Field(default="127.0.0.1", description="Address to listen on; `0.0.0.0` for every one of this machine.")
    port: int = Field(default=8040, ge=0, le=65_535, description="TCP port to listen on; 0 takes any that is free.")
    trusted_proxies: tuple[Annotated[str, AfterValidator(check_network)], ...] = Field(
        default=(), description="Addresses or networks of reverse proxies whose `X-Forwarded-For` and `-Proto` are believed."
    )
    metrics_from: tuple[Annotated[str, AfterValidator(check_network)], ...] = Field(
        default=("127.0.0.0/8", "::1"),
        description="Addresses or networks that may read `/metrics`, by the address of the connection; a request that came "
        "through a proxy may not.",
    )


class FetchSettings(Section):
    """How documents are fetched."""

    concurrency: int = Field(default=20, ge=1, le=256, description="Requests under way at once, over all hosts; 256 at most.")
    per_host_connections: int = Field(default=1, ge=1, le=20, description="Requests under way at once to one host.")
    per_host_gap: Duration = Field(
        default=2 * _SECOND, ge=timedelta(0), le=_HOUR, description="Time between the starts of two requests to one host."
    )
    timeout: Duration = Field(default=60 * _SECOND, ge=_SECOND, le=_HOUR, description="Time that one request may take in all.")
    connect_timeout: Duration = Field(default=10 * _SECOND, ge=_SECOND, le=_HOUR, description="Time that connecting may take.")
    max_body: Size = Field(
        default=10 * 2**20, ge=2**10, le=2**30, description="Size that a document may have, as sent and once decompressed."
    )
    allow_private: tuple[Annotated[str, AfterValidator(check_private_target)], ...] = Field(
        default=(),
        description="Private targets that may be fetched: addresses (`127.0.0.1`), `address:port`, networks (`10.0.0.0/8`). "
        "All others are refused.",
    )


class PollingSettings(Section):
    """How often feeds are asked."""

    min_interval: Duration = Field(default=_HOUR, ge=timedelta(0), description="Shortest time between two polls of a feed.")
    max_interval: Duration = Field(default=_DAY, ge=_MINUTE, description="Longest time between two polls of a feed that works.")
    invited_interval: Duration = Field(
        default=15 * _MINUTE,
        ge=timedelta(0),
        description="Shortest time between two polls of a feed whose server itself invites to come sooner than "
        "`polling.min_interval` (`max-age` or `ttl`).",
    )
    budget: float | None = Field(
        default=None,
        gt=0,
        le=1_000_000,
        description="Requests an hour, over all feeds together, that polling keeps to; they are spent where news is expected. "
        "Left out, eight a day for each feed (50 feeds: 17 an hour).",
    )


class RankingSettings(Section):
    """How lists are ordered by reads."""

    half_life: Annotated[Duration, Field(ge=_MINUTE)] | None = Field(
        default=None,
        description="Time after which a read counts half in the most-read lists. Left out, by how much is read: 24h in a "
        "household, down to 12h where thousands read.",
    )
    trend_half_life: Annotated[Duration, Field(ge=_MINUTE)] | None = Field(
        default=None, description="The same for the trending lists. Left out, by how much is read: 12h, down to 3h."
    )
    quantum: Duration = Field(
        default=15 * _MINUTE, ge=_SECOND, le=_DAY, description="Time between two rankings; between them no list changes."
    )
    top: int | None = Field(
        default=None,
        ge=1,
        le=30,
        description="Places at the top of a ranked list; an entry that gets there is emitted in the feed of the list. "
        "Left out, 5.",
    )
    coverage_weight: float | None = Field(
        default=None,
        ge=0,
        le=100,
        description="What one publisher's coverage is worth, in reads; it gives an order before anybody reads. "
        "Left out, by how much is read: 0.3 in a household, up to 3.",
    )
    links: Literal["direct", "counted"] = Field(
        default="direct",
        description="Links of emitted entries: `direct` to the publisher, or `counted` over `/r/<id>`, which counts the click.",
    )
    min_reads: int | None = Field(
        default=None,
        ge=1,
        description="Readers of 24 hours that a story needs before it may enter the feed of a ranked list. "
        "Left out, by how much is read: 3 in a household, up to 20.",
    )


class GroupingSettings(Section):
    """How entries become stories."""

    model: Literal["auto", "none", "use", "e5"] = Field(
        default="auto",
        description="Sentence model that finds a story in other words and languages, of the extra `meaning`: `e5` (better), "
        "`use` (faster), `none` (by words alone); `auto` takes the best that is installed.",
    )


class ReadsSettings(Section):
    """Reads from your own site: from its access logs, its server, or its pages."""

    site: Annotated[str, AfterValidator(check_origin)] | None = Field(
        default=None, description="Origin of your own site (`https://www.example.org`): its access logs name paths only."
    )
    tokens: tuple[Annotated[str, AfterValidator(check_token)], ...] = Field(
        default=(),
        description="Secrets of at least 20 characters by which your server reports reads to `POST /api/reads`; "
        "better in the environment than in the file.",
    )
    allowed_origins: tuple[Annotated[str, AfterValidator(check_origin)], ...] = Field(
        default=(), description="Origins of the pages that may report their own reading to `POST /api/read?url=`."
    )


class PublishingSettings(Section):
    """When feeds are written anew, and what pages show."""

    interval: Duration = Field(default=_MINUTE, ge=_SECOND, le=_DAY, description="Time between two looks for what changed.")
    full_text: bool = Field(
        default=False,
        description="Show the texts that were fetched for feeds with `full_text` on the pages of their entries; "
        "only where the publishers allow it.",
    )


class PushSettings(Section):
    """News at once (WebSub): from publishers' hubs to us, and from us over a hub to readers."""

    enabled: bool | None = Field(
        default=None,
        description="Ask the hubs that feeds name to tell of news at once; they must reach `site.base_url`. "
        "Left out, it is done if that is a public https address.",
    )
    lease: Duration = Field(
        default=10 * _DAY, ge=_HOUR, le=90 * _DAY, description="Time for which hubs are asked to do so; it is renewed before."
    )
    hub: Annotated[str, AfterValidator(check_web_url)] | None = Field(
        default=None,
        description="Hub that tells subscribers of our own feeds; it stands in every emitted feed and hears of every change.",
    )


class RetentionSettings(Section):
    """How long things are kept."""

    entries: Duration = Field(default=90 * _DAY, ge=_DAY, description="Time that an entry is kept after its date.")
    reads: Duration = Field(default=30 * _DAY, ge=_DAY, description="Time that single reads are kept; counts and scores stay.")
    keep_per_feed: int = Field(default=20, ge=0, description="Newest entries of each feed that are kept however old they are.")


class FeedRow(Section):
    """One feed, as written in the file."""

    model: ClassVar[type[FeedSettings]] = FeedSettings

    url: FeedUrl = Field(description="Address of the feed: `https://` or `http://`.")
    title: Text | None = Field(default=None, description="Name to show instead of the feed's own.")
    language: Annotated[str, AfterValidator(check_language)] | None = Field(
        default=None, description="Language of its entries, where they do not say it rightly (`de`, `fr`)."
    )
    tags: tuple[Tag, ...] = Field(default=(), description="Words of your own by which topics name feeds.")
    interval: Annotated[Duration, Field(ge=timedelta(0))] | None = Field(
        default=None, description="Time between two polls, instead of one chosen by how often it has news."
    )
    full_text: bool = Field(
        default=False,
        description="Fetch the page behind each new entry, as far as the site's robots.txt allows, and keep its text beside "
        "what the feed says; needs the extra `full-text`.",
    )


class TopicRow(Section):
    """One topic, as written in the file."""

    model: ClassVar[type[Topic]] = Topic

    slug: Annotated[str, Field(max_length=64), AfterValidator(check_slug)] = Field(
        description="Its name in addresses, `/topics/<slug>`: a-z, 0-9 and hyphens."
    )
    title: Text = Field(description="Its name for readers.")
    description: str = Field(default="", description="A sentence for readers, shown on its page and in its feeds.")
    any_of: tuple[Word, ...] = Field(
        default=(),
        alias="any",
        description="Words and phrases of which at least one must stand in the entry; inflected forms count. "
        "`Bundesrat*` finds what begins so, `*minister` what ends so.",
    )
    all_of: tuple[Word, ...] = Field(default=(), alias="all", description="Words and phrases that must all stand in the entry.")
    none_of: tuple[Word, ...] = Field(default=(), alias="none", description="Words and phrases of which none may stand in it.")
    tags: tuple[Tag, ...] = Field(
        default=(),
        description="Take entries only of feeds with one of these tags (or named in `feeds`); without words, all of them.",
    )
    feeds: tuple[FeedUrl, ...] = Field(
        default=(),
        description="Take entries only of these feeds, by URL (or with one of the `tags`); without words, all of them.",
    )
    languages: tuple[Annotated[str, AfterValidator(check_primary_language)], ...] = Field(
        default=(), description="Take only entries in these languages (`de`, `fr`)."
    )
    categories: tuple[Tag, ...] = Field(
        default=(),
        description="Categories that publishers give; one of them is as good as a word of `any`. `Sport*` works too.",
    )
    about: str = Field(
        default="",
        description="What belongs here, in a sentence, or in several on lines of their own; what is near it in meaning is as "
        "good as a word of `any`. Works best with the extra `meaning` and a few words of `any`.",
    )
    examples: tuple[Text, ...] = Field(
        default=(),
        description="Headlines or beginnings of articles that belong here, beside `about`; twenty make a good topic. "
        "`aggregator topics learn` writes them.",
    )
    order: Order = Field(default=Order.NEWEST, description="Order of its feed: `newest`, `most_read` or `trending`.")
    limit: int = Field(default=50, ge=1, le=500, description="Most entries in its feed.")
    per: Per = Field(
        default=Per.STORY,
        description="`story`: its feed lists a story once, by its best entry, with links to the others; `entry`: every entry.",
    )


def _read_as(row: type[FeedRow | TopicRow]) -> GetPydanticSchema:
    """Validate a table by the keys of `row`, and give the value of the model that it stands for."""

    def schema(_source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> Any:
            return value if isinstance(value, row.model) else row.model(**dict(validate(value)))

        return core_schema.no_info_wrap_validator_function(read, handler.generate_schema(row))

    return GetPydanticSchema(schema)


class Settings(Section):
    """The whole configuration."""

    site: SiteSettings = SiteSettings()
    store: StoreSettings = StoreSettings()
    server: ServerSettings = ServerSettings()
    fetch: FetchSettings = FetchSettings()
    polling: PollingSettings = PollingSettings()
    feeds: tuple[Annotated[FeedSettings, _read_as(FeedRow)], ...] = Field(
        default=(), description="The sources, in any order; the only key that must be there, though it may be empty."
    )
    topics: tuple[Annotated[Topic, _read_as(TopicRow)], ...] = Field(
        default=(), description="The subjects; each becomes a page and feeds, in this order."
    )
    grouping: GroupingSettings = GroupingSettings()
    ranking: RankingSettings = RankingSettings()
    reads: ReadsSettings = ReadsSettings()
    publishing: PublishingSettings = PublishingSettings()
    push: PushSettings = PushSettings()
    retention: RetentionSettings = RetentionSettings()

    @property
    def hubs_reach_us(self) -> bool:
        """Whether hubs are asked to push: as set, else if the site has a public address."""
        return is_public_https(self.site.base_url) if self.push.enabled is None else self.push.enabled
