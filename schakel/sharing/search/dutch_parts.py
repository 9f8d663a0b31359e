"""Dutch words of our field of which compounds are made.

Written here, and not gathered from what is shared: how a word is split would then tell what stands in items that one
may not read.
"""

from typing import Final

WORDS: Final = """
aanbeveling aanbieder aandacht aangifte aanmelding aansluiting aantal aanval aanvaller aanwijzing account actie
activiteit adres advies afdeling afhankelijkheid afpersing afspraak afvalwater agenda alarm analyse analist
apparaat apparatuur applicatie app archief artikel audit autoriteit
bank basis bedrijf bedrijfsleven beeld beheer beheerder beleid bericht bescherming beschikbaarheid bestand bestuur
besturing
beveiliging bevinding bewaking bewijs bewustzijn bezoeker bibliotheek bron browser broncode buitendienst bureau
campagne centrale certificaat chantage chip client code communicatie computer configuratie contact controle crisis
cyber
dader data databank database datum deel deling deur detectie dienst dienstverlener diefstal digitaal directie
document domein dreiging drinkwater drukker duiding
eigenaar eenheid eindpunt energie expert export
factuur firewall firmware formulier fout fraude functie
gas gateway gebied gebouw gebruik gebruiker gegevens gemeente geheim geheugen gevaar gevolg gids gijzeling groep
handel handleiding hacker hardware haven herstel hulp huis
identiteit impact incident indicator industrie informatie infrastructuur inbraak inkoop inlog installatie instelling
integriteit internet inzicht
kaart kabel kanaal kennis kern keten kluis klant koppeling kritiek kring kwetsbaarheid
laptop leider lek lekkage levering leverancier lichaam lijst locatie logboek lucht luchthaven
maatregel macht malware manager medewerker melding meldkamer meldplicht meting middel ministerie misbruik misleiding
mobiel module monitor muur
naam nationaal netwerk nieuws niveau nood nummer
oefening omgeving omleiding onderhoud onderwijs onderzoek ondersteuning ontwikkelaar oplichting oplossing opslag
opsporing order organisatie overheid overname overzicht
pakket partij partner patch phishing plan platform plicht poging politie poort post privacy probleem proces
product programma programmatuur protocol proxy
raad rapport rapportage recht rechten regel regeling register reis rekening reactie respons richtlijn risico
router ruimte
samenwerking scan scanner schade scherm school script sector sensor server service signaal site situatie sleutel
sluis slachtoffer software spam spionage spoor staat standaard stap station steun steunpunt storing stroom systeem
taak team techniek technologie telefoon telecom terrein tijd toegang toepassing toestel toets toezicht
trein training transport
uitbraak uitval update
variant veiligheid vendor verbetering verbinding verdediging verdachte vergadering verkeer verklaring verlies
vermogen verordening verschil versie versleuteling verspreiding verstoring vervoer verzoek virus voorval voorziening
vlak vlot vraag
waarschuwing wachter wachtwoord water web weerbaarheid werk werking werkplek werknemer wet wijziging winkel
woord woning
zaak zender ziekenhuis zone zorg zorginstelling zwakte
"""
PARTS: Final = frozenset(WORDS.split())
