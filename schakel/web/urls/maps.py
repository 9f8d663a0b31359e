"""The addresses of the network map and of the functions."""

from django.urls import URLPattern, URLResolver, path

from schakel.web.functions import pages, plans, questions, rounds
from schakel.web.maps import kingdom, network_map

urlpatterns: list[URLPattern | URLResolver] = [
    path("network/map", network_map.show, name="network_map"),
    path("network/map/graph", network_map.graph, name="network_graph"),
    path("network/map.json", network_map.export, {"form": "json"}, name="network_json"),
    path("network/map.graphml", network_map.export, {"form": "graphml"}, name="network_graphml"),
    path("network/map.svg", network_map.export, {"form": "svg"}, name="network_svg"),
    path("network/kingdom", kingdom.show, name="kingdom"),
    path("network/kingdom.csv", kingdom.export_csv, name="kingdom_csv"),
    path("network/kingdom.svg", kingdom.export_svg, name="kingdom_svg"),
    path("network/functions", pages.index, name="functions"),
    path("network/functions/<slug:function_slug>", pages.show, name="function"),
    path("network/functions/<slug:function_slug>/plan", plans.edit, name="function_plan"),
    path("network/functions/<slug:function_slug>/versions", pages.versions, name="function_versions"),
    path("network/functions/<slug:function_slug>/versions/<int:number>", pages.version, name="function_version"),
    path("network/functions/<slug:function_slug>/rounds/new", rounds.new, name="round_new"),
    path("network/functions/<slug:function_slug>/rounds/<int:year>", rounds.show, name="round"),
    path("network/functions/<slug:function_slug>/rounds/<int:year>/close", rounds.close, name="round_close"),
    path("network/offerings/<int:offering_id>", rounds.offering, name="offering"),
    path("network/flows/new", plans.new_flow, name="flow_new"),
    path("network/flows/<int:flow_id>", plans.edit_flow, name="flow"),
    path("network/questions", questions.index, name="questions"),
    path("network/questions/new", questions.new, name="question_new"),
    path("network/questions/<int:question_id>", questions.show, name="question"),
]
