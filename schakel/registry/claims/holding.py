"""Writing what an organisation holds. The database numbers each change, so that the index of the matching sees it."""

from datetime import datetime

from schakel.registry.models import Asset, AssetRole, Evidence


def hold(*, organisation_id: int, kind: str, value: str, evidence: Evidence, at: datetime) -> Asset:
    """The organisation's asset, made or brought up to date, valid from now on at the latest."""
    asset, is_new = Asset.objects.select_for_update(no_key=True).get_or_create(
        organisation_id=organisation_id,
        kind=kind,
        value=value,
        role=AssetRole.OWNER,
        defaults={"evidence": evidence, "valid_from": at},
    )
    if not is_new:
        runs = asset.valid_from is None or asset.valid_from <= at
        has_ended = asset.valid_until is not None and asset.valid_until <= at
        asset.valid_from = asset.valid_from if runs and not has_ended else at
        asset.evidence, asset.valid_until = evidence, None
        asset.save(update_fields=["evidence", "valid_from", "valid_until"])
    return asset


def lower(asset: Asset, evidence: Evidence) -> None:
    """Say that we know less surely that it is theirs."""
    Asset.objects.filter(pk=asset.pk).update(evidence=evidence)


def end(asset: Asset, *, at: datetime) -> None:
    """End an asset now, and keep it as history."""
    starts = Asset.objects.values_list("valid_from", flat=True).get(pk=asset.pk)
    if starts and starts >= at:
        Asset.objects.filter(pk=asset.pk).update(valid_from=None, valid_until=at)
    else:
        Asset.objects.filter(pk=asset.pk).update(valid_until=at)
