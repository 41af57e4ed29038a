"""What is settled of a story whenever entries join or leave it: who stands for it, who only repeats."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.group.duplicates import find_copies, shingles
from aggregator.group.lead import LeadCandidate, choose_lead
from aggregator.group.words import plain_text
from aggregator.model.grouping import StoryMember, StorySettlement


def settle_story(story_id: int, members: Sequence[StoryMember], *, current: int, language: str) -> StorySettlement:
    """Return which of its entries stands for a story (now `current`), and which repeat another's text.

    `language` is the readers'.
    """
    ordered = sorted(members, key=lambda member: (member.dated_at, member.entry_id))
    texts = {member.entry_id: shingles(_longer(member.summary_html, member.content_html)) for member in ordered}
    lead = choose_lead(
        [
            LeadCandidate(
                entry_id=member.entry_id,
                title=member.title,
                summary_html=member.summary_html or member.content_html,
                language=member.language,
            )
            for member in ordered
        ],
        current=current,
        language=language,
    )
    copies = find_copies(texts, {member.entry_id: member.title for member in ordered})
    return StorySettlement(story_id=story_id, entry_id=lead, copies=copies)


def _longer(summary_html: str, content_html: str) -> str:
    return content_html if len(plain_text(content_html)) > len(plain_text(summary_html)) else summary_html
