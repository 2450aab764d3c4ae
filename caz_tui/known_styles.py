"""The seam with how Textual finds the styles of a widget: once for all widgets that stand in the same way.

The parts of a widget, for which it has component classes, are styled when it first draws one.

Textual goes through every rule of the program for every widget, and for each of its component classes, whenever a
screen opens, a widget gets the focus or a class changes. What it finds depends on the kinds, ids, classes and states of
the widget and of all that hold it, and is found again where these are the same. What is known of Textual's inside,
watched by `tests/unit/test_painting_seams.py`:

- `Stylesheet.apply` styles one node; it puts what it found for it into the `cache` that it is given, as the only
  entry of an empty one, unless no rule fits or a rule asks for the place of a node among its like
  (`_EXCLUDE_PSEUDO_CLASSES_FROM_CACHE`); it notes on the node which pseudo classes could ever matter to it;
- `replace_rules` gives a node what was found, those rules too that it has already, each of which may draw something;
  what is to be animated it leaves as it is where nothing changes;
- `_process_component_classes` styles its parts, each by a node of its own, and draws the widget when one of them has
  changed;
- who draws asks `_component_styles` whether it has a part, and for it;
- `rules_map` is another one after each parsing; of a rule it knows what its widget is called, and not what holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import ref

from textual.app import App
from textual.css.model import SelectorType
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.css.model import RuleSet
    from textual.css.styles import RenderStyles, RulesMap

MOST_PATHS: Final = 8_192
"""How many ways to stand are remembered before all of them are forgotten."""


class Hints(NamedTuple):
    """What follows from the rules that some names may be meant by: what Textual notes on a node, and more."""

    hover: bool
    focus_within: bool
    order: bool
    odd_or_even: bool
    can_be_known: bool


class KnownStyles(Stylesheet):
    """A style sheet that remembers what it found."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        """Begin without rules, and with the values of variables."""
        super().__init__(variables=variables)
        self._known_of: dict[str, list[RuleSet]] | None = None
        self._hints: dict[frozenset[str], Hints] = {}
        self._ids: set[str] = set()
        self._paths: dict[tuple[Any, ...], int] = {}
        self._found: dict[int, RulesMap | None] = {}

    def apply(
        self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[Any, ...], RulesMap] | None = None
    ) -> None:
        """Give a node the styles of its rules."""
        rules_map = self.rules_map
        if rules_map is not self._known_of or len(self._paths) > MOST_PATHS:
            # New ones: whoever is styling the holder of this node still has the old ones in hand.
            self._known_of, self._hints, self._paths, self._found = rules_map, {}, {}, {}
            self._ids = {
                selector.name
                for rule in self.rules
                for selectors in rule.selector_set
                for selector in selectors.selectors
                if selector.type is SelectorType.ID
            }
        hints = self._hints_for(node)
        if not hints.can_be_known:
            super().apply(node, animate=animate, cache=cache)
            return
        path, known = self._path_of(node), self._found
        if path not in known:
            found: dict[tuple[Any, ...], RulesMap] = {}
            super().apply(node, animate=animate, cache=found)
            known[path] = next(iter(found.values()), None)
            return
        _note(node, hints)
        rules = known[path]
        if rules is not None:
            self.replace_rules(node, rules, animate=animate)
        self._process_component_classes(node)

    @classmethod
    def replace_rules(cls, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:  # noqa: FBT001, FBT002
        """Give a node other rules, of which only those are set that it does not have."""
        if animate and "transitions" in rules:
            super().replace_rules(node, rules, animate)
            return
        base = node.styles.base
        old: Mapping[str, object] = base._rules  # noqa: SLF001
        new: Mapping[str, object] = rules
        changed = [name for name in old.keys() | new.keys() if name not in old or old[name] != new.get(name)]
        for name in changed:
            setattr(base, name, new.get(name))
        if changed or not animate:
            node.notify_style_update()

    def _process_component_classes(self, node: DOMNode) -> None:
        """Style those parts of a node anew that it has drawn; the others can wait until it does."""
        names = node._get_component_classes()  # noqa: SLF001
        if not names:
            return
        drawn = node._component_styles  # noqa: SLF001
        parts = node._component_styles = _Parts(self, node, names)  # noqa: SLF001
        path = self._path_of(node) if drawn else 0
        for name, styles in drawn.items():
            parts[name] = styles if self._still_fits(path, name, styles) else self.style_part(node, name)
        if parts != drawn:
            node.refresh()
        for name, styles in drawn.items():
            if parts[name] is not styles:
                _untie(styles)

    def style_part(self, node: DOMNode, name: str) -> RenderStyles:
        """Return the styles of a part of a node."""
        part = DOMNode(classes=name)
        part._attach(node)  # noqa: SLF001
        self.apply(part)
        return part.styles

    def _still_fits(self, holder: int, name: str, styles: RenderStyles) -> bool:
        """Tell whether a part is known to be styled as it was, which is quicker than to style it again."""
        path = self._paths.get((holder, DOMNode, None, frozenset({name})))
        return path is not None and self._found.get(path) == styles.base._rules  # noqa: SLF001

    def _hints_for(self, node: DOMNode) -> Hints:
        """Return what the rules ask for that a node's names may be meant by."""
        names = frozenset(self.rules_map.keys() & node._selector_names)  # noqa: SLF001
        hints = self._hints.get(names)
        if hints is None:
            asked = {name for key in names for rule in self.rules_map[key] for name in rule.pseudo_classes}
            hints = self._hints[names] = Hints(
                hover="hover" in asked,
                focus_within="focus-within" in asked,
                order=not asked.isdisjoint({"first-of-type", "last-of-type", "first-child", "last-child", "empty"}),
                odd_or_even=not asked.isdisjoint({"odd", "even"}),
                can_be_known=asked.isdisjoint(self._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE),
            )
        return hints

    def _path_of(self, node: DOMNode) -> int:
        """Return the number of the way in which a node stands."""
        path, ids = 0, self._ids
        for holder in node.css_path_nodes:
            # An id that no rule asks for makes no difference: each toast has one of its own.
            name = holder.id if holder.id in ids else None
            standing = (path, type(holder), name, holder.classes, *_state_of(holder))
            path = self._paths.setdefault(standing, len(self._paths) + 1)
        return path


class _Parts(dict[str, "RenderStyles"]):
    """The styles of the parts of a node, each found when it is asked for."""

    __slots__ = ("_holder", "_names", "_sheet")

    def __init__(self, sheet: KnownStyles, holder: DOMNode, names: frozenset[str]) -> None:
        """Know where to find them."""
        super().__init__()
        self._sheet = sheet
        self._holder = ref(holder)
        self._names = names

    def clear(self) -> None:
        """Keep no part any more, when the holder has gone."""
        for styles in self.values():
            _untie(styles)
        super().clear()

    def __contains__(self, name: object) -> bool:
        """Tell whether the node has such a part."""
        return name in self._names

    def __missing__(self, name: str) -> RenderStyles:
        """Return the styles of a part that was not asked for before; ``KeyError`` where there is no such part."""
        holder = self._holder()
        if holder is None or name not in self._names:
            raise KeyError(name)
        styles = self[name] = self._sheet.style_part(holder, name)
        return styles


def _untie(styles: RenderStyles) -> None:
    """Let the styles of a part go: they hold the node that they are of, which holds them."""
    styles.base.node = styles.inline.node = None


def _note(node: DOMNode, hints: Hints) -> None:
    node._has_hover_style = hints.hover  # noqa: SLF001
    node._has_focus_within = hints.focus_within  # noqa: SLF001
    node._has_order_style = hints.order  # noqa: SLF001
    node._has_odd_or_even = hints.odd_or_even  # noqa: SLF001


def _state_of(node: DOMNode) -> tuple[object, ...]:
    """Return what the pseudo classes of a node depend on, its place among its like aside."""
    if isinstance(node, Widget):
        return (node.mouse_hover, node.has_focus, node.disabled, node.can_focus)
    if isinstance(node, App):
        return (node.app_focus, node.current_theme.dark, node.is_inline, node.native_ansi_color, node.no_color)
    return ()
