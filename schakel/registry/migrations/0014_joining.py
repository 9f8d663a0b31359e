"""Joining, agreements with their terms and signatures, and leaving."""

import django.contrib.postgres.fields
import django.db.models.deletion
from datetime import datetime, timezone
from pathlib import Path

from django.db import migrations, models

TERMS = Path(__file__).parent.parent / "data" / "terms"
PUBLISHED_AT = datetime(2026, 11, 22, tzinfo=timezone.utc)


def publish(apps, _editor):
    """The first version of the terms for each role; going back leaves nothing, as the table goes."""
    template = apps.get_model("registry", "AgreementTemplate")
    texts = {file.name: file.read_text(encoding="utf-8") for file in TERMS.glob("*.md")}
    for role in ("informer", "contributor", "lead"):
        template.objects.create(
            role=role,
            version=1,
            text_nl=texts[f"{role}.nl.md"],
            text_en=texts[f"{role}.en.md"],
            origin_nl=texts["origin.nl.md"].strip(),
            origin_en=texts["origin.en.md"].strip(),
            published_at=PUBLISHED_AT,
        )


class Migration(migrations.Migration):

    dependencies = [
        ("registry", "0013_measurements"),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreementDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('digest', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AgreementTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.TextField(choices=[('informer', 'informer'), ('contributor', 'contributor'), ('lead', 'lead')])),
                ('version', models.PositiveSmallIntegerField()),
                ('text_nl', models.TextField()),
                ('text_en', models.TextField()),
                ('origin_nl', models.TextField()),
                ('origin_en', models.TextField()),
                ('change_nl', models.TextField(blank=True, default='')),
                ('change_en', models.TextField(blank=True, default='')),
                ('published_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('kvk', models.TextField(blank=True, default='')),
                ('website', models.TextField(blank=True, default='')),
                ('type', models.TextField()),
                ('how', models.TextField()),
                ('functions', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('role', models.TextField(choices=[('informer', 'informer'), ('contributor', 'contributor'), ('lead', 'lead')])),
                ('sectors', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('regions', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('reach_count', models.PositiveIntegerField(null=True)),
                ('answers', models.JSONField(default=dict)),
                ('contact_name', models.TextField()),
                ('contact_mail', models.TextField()),
                ('contact_phone', models.TextField(blank=True, default='')),
                ('language', models.TextField(choices=[('nl', 'Nederlands'), ('en', 'English'), ('pap', 'Papiamentu')], default='nl')),
                ('state', models.TextField(choices=[('received', 'received'), ('asked', 'waiting for the applicant'), ('accepted', 'accepted'), ('refused', 'not accepted'), ('withdrawn', 'taken back')], default='received')),
                ('received_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.TextField(blank=True, default='')),
                ('decision', models.TextField(blank=True, default='')),
                ('link_number', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='ApplicationMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_from_applicant', models.BooleanField()),
                ('words', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Appraisal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.TextField()),
                ('verdict', models.TextField(choices=[('met', 'met'), ('partly', 'partly met'), ('not-met', 'not met')])),
                ('words', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Breach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('tlp', 'information passed on further than its TLP label allows'), ('trust', 'trust: no contact, no meetings, secrecy not kept'), ('reciprocity', 'reciprocity: the promised effort was not made'), ('maturity', 'maturity: the level that was stated is not there'), ('other', 'another part of the agreement')])),
                ('words', models.TextField()),
                ('happened_on', models.DateField()),
                ('state', models.TextField(choices=[('open', 'logged'), ('discussed', 'talked about'), ('settled', 'settled')], default='open')),
                ('talk_on', models.DateField(null=True)),
                ('outcome', models.TextField(blank=True, default='')),
                ('logged_at', models.DateTimeField()),
                ('logged_by', models.TextField()),
                ('settled_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Departure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_own_wish', models.BooleanField()),
                ('reasons', models.TextField()),
                ('lessons', models.TextField()),
                ('left_at', models.DateTimeField()),
                ('left_by', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='OnboardingStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.TextField()),
                ('side', models.TextField(choices=[('partner', 'the partner'), ('network', 'the network')])),
                ('owner', models.TextField(blank=True, default='')),
                ('due_on', models.DateField()),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.TextField(choices=[('partner', 'partner'), ('network', 'network')])),
                ('name', models.TextField()),
                ('position', models.TextField()),
                ('digest', models.TextField()),
                ('signed_at', models.DateTimeField()),
                ('given_by', models.TextField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_once',
        ),
        migrations.AddField(
            model_name='agreement',
            name='language',
            field=models.TextField(choices=[('nl', 'Nederlands'), ('en', 'English'), ('pap', 'Papiamentu')], db_default='nl', default='nl'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='link_number',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='agreement',
            name='offered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='reminded_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='serial',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='agreement',
            name='signatory',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='agreement',
            name='signatory_mail',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='agreementdocument',
            name='agreement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='document', to='registry.agreement'),
        ),
        migrations.AddConstraint(
            model_name='agreementtemplate',
            constraint=models.UniqueConstraint(fields=('role', 'version'), name='template_once'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='template',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='registry.agreementtemplate'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(fields=('partner', 'from_on', 'serial'), name='agreement_once'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('state', 'ended'), _connector='OR'), name='agreement_ended_at_only_when_ended'),
        ),
        migrations.AddField(
            model_name='application',
            name='partner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='registry.partner'),
        ),
        migrations.AddField(
            model_name='application',
            name='referred_to',
            field=models.ManyToManyField(related_name='+', to='registry.partner'),
        ),
        migrations.AddField(
            model_name='application',
            name='terms',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agreementtemplate'),
        ),
        migrations.AddField(
            model_name='applicationmessage',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='registry.application'),
        ),
        migrations.AddField(
            model_name='appraisal',
            name='agreement',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='appraisals', to='registry.agreement'),
        ),
        migrations.AddField(
            model_name='appraisal',
            name='application',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='appraisals', to='registry.application'),
        ),
        migrations.AddField(
            model_name='breach',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaches', to='registry.agreement'),
        ),
        migrations.AddField(
            model_name='departure',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departures', to='registry.partner'),
        ),
        migrations.AddField(
            model_name='onboardingstep',
            name='partner',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='onboarding', to='registry.partner'),
        ),
        migrations.AddField(
            model_name='signature',
            name='agreement',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='registry.agreement'),
        ),
        migrations.AddConstraint(
            model_name='agreementdocument',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='document_digest_is_sha_256'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state__in', ['received', 'asked'])), fields=['received_at'], name='application_waiting'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state__in', ['accepted', 'refused', 'withdrawn'])), models.Q(('state__in', ['received', 'asked']), ('decided_at', None)), _connector='OR'), name='application_decided_at_only_when_decided'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'accepted'), _negated=True), ('partner__isnull', False), _connector='OR'), name='application_accepted_has_its_partner'),
        ),
        migrations.AddConstraint(
            model_name='appraisal',
            constraint=models.UniqueConstraint(fields=('application', 'agreement', 'criterion'), name='appraisal_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='appraisal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreement__isnull', False), ('application', None)), models.Q(('agreement', None), ('application__isnull', False)), _connector='OR'), name='appraisal_of_exactly_one'),
        ),
        migrations.AddConstraint(
            model_name='breach',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('state', 'settled'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('state', 'settled'), _negated=True), ('settled_at', None)), _connector='OR'), name='breach_settled_has_its_outcome'),
        ),
        migrations.AddIndex(
            model_name='onboardingstep',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['due_on'], name='onboarding_waiting'),
        ),
        migrations.AddConstraint(
            model_name='onboardingstep',
            constraint=models.UniqueConstraint(fields=('partner', 'slug'), name='onboarding_once'),
        ),
        migrations.AddConstraint(
            model_name='onboardingstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', '')), models.Q(('done_at__isnull', False), models.Q(('done_by', ''), _negated=True)), _connector='OR'), name='onboarding_done_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(fields=('agreement', 'side'), name='signature_once'),
        ),
        migrations.RunPython(publish, migrations.RunPython.noop),
    ]
