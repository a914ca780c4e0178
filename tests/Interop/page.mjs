// The script of page.html.
import "neuroglancer";
import { makeMinimalViewer } from "neuroglancer/unstable/ui/minimal_viewer.js";

globalThis.viewer = makeMinimalViewer({ showLayerDialog: false, showUIControls: false, showTopBar: false, showPanelBorders: false });
