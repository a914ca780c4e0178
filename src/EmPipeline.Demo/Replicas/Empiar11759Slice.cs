using System.Globalization;
using EmPipeline.Demo.Texture;
using EmPipeline.Demo.Writers;
using static EmPipeline.Demo.Replicas.Empiar11759;

namespace EmPipeline.Demo.Replicas;

/// <summary>One slice as the microscope's DigitalMicrograph saved it: a thumbnail, then the image with its calibrations and tags.</summary>
internal static class Empiar11759Slice
{
    private const float PixelMicrometres = 0.007998250424861908f;
    private const double SliceNanometres = 50;

    private static readonly DateTime FirstSlice = new(2018, 6, 11, 20, 27, 16, DateTimeKind.Utc);

    /// <summary>The file of one slice.</summary>
    /// <param name="image">y, x.</param>
    public static byte[] Encode(int slice, byte[] image)
    {
        var name = $"3VBSED_slice_{slice:0000}";
        // In the source, too, thumbnails are larger from the eleventh slice on.
        var (thumbnailHeight, thumbnailWidth) = slice < 10 ? (48, 48) : (95, 96);
        var colours = new byte[256 * 6];
        for (var i = 0; i < 256 * 3; i++)
            colours[2 * i] = (byte)(i / 3);
        return new DmGroup()
            .Add("DocumentObjectList", new DmGroup().Add("", new DmGroup()
                .Add("AnnotationType", 20)
                .Add("ImageDisplayInfo", new DmGroup()
                    .AddStructArray("CLUT", fieldType: 2, fieldCount: 3, length: 256, colours)
                    .Add("CLUTName", "Greyscale")
                    .Add("HighLimit", (float)HighLimit)
                    .Add("LowLimit", (float)LowLimit))
                .Add("ImageDisplayType", 1)
                .Add("ImageSource", 0)
                .Add("UniqueID", 8)))
            .Add("HasWindowPosition", true)
            .Add("Image Behavior", new DmGroup().Add("IsZoomedToWindow", true).Add("ViewDisplayID", 8))
            .Add("ImageList", new DmGroup()
                .Add("", new DmGroup()
                    .Add("ImageData", ImageData(Thumbnail(image, thumbnailHeight, thumbnailWidth), 3, 23, 4, thumbnailHeight, thumbnailWidth, 1f, ""))
                    .Add("ImageTags", new DmGroup().Add("GMS Version", new DmGroup().Add("Created", "3.21.1374.0")))
                    .Add("Name", "Image Of " + name)
                    .Add("UniqueID", UniqueId(2 * slice)))
                .Add("", new DmGroup()
                    .Add("ImageData", ImageData(image, 10, 6, 1, Height, Width, PixelMicrometres, "µm"))
                    .Add("ImageTags", ImageTags(slice))
                    .Add("Name", name)
                    .Add("UniqueID", UniqueId((2 * slice) + 1))))
            .Add("ImageSourceList", new DmGroup().Add("", new DmGroup()
                .Add("ClassName", "ImageSource:Simple")
                .Add("Id", new DmGroup().Add("", 0))
                .Add("ImageRef", 1)))
            .Add("InImageMode", true)
            .Add("LayoutType", "Unknown")
            .Add("MinVersionList", new DmGroup().Add("", new DmGroup().Add("RequiredVersion", 50659328)))
            .Add("NextDocumentObjectID", 11)
            .Add("Page Behavior", new DmGroup().Add("DrawMargins", true).Add("DrawPaper", true))
            .Add("Thumbnails", new DmGroup().Add("", new DmGroup()
                .Add("ImageIndex", 0)
                .AddStruct("SourceSize_Pixels", 3, 2, [.. BitConverter.GetBytes(Height), .. BitConverter.GetBytes(Width)])))
            .ToFile();
    }

    private static DmGroup ImageData(byte[] data, int elementType, int dataType, int pixelDepth, int height, int width, float scale, string units)
    {
        DmGroup Dimension(float scale, string units) => new DmGroup().Add("Origin", 0f).Add("Scale", scale).Add("Units", units);

        return new DmGroup()
            .Add("Calibrations", new DmGroup()
                .Add("Brightness", Dimension(1f, ""))
                .Add("Dimension", new DmGroup().Add("", Dimension(scale, units)).Add("", Dimension(scale, units)))
                .Add("DisplayCalibratedUnits", true))
            .AddArray("Data", data, elementType)
            .Add("DataType", dataType)
            .Add("Dimensions", new DmGroup().Add("", width).Add("", height))
            .Add("PixelDepth", pixelDepth);
    }

    private static DmGroup ImageTags(int slice)
    {
        var time = FirstSlice.AddSeconds(812 * slice / (Slices - 1));
        // The microscope's clock was at UTC+2.
        var local = time.AddHours(2);
        return new DmGroup()
            .Add("DataBar", new DmGroup()
                .Add("Acquisition Date", local.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture))
                .Add("Acquisition Time", local.ToString("HH:mm:ss", CultureInfo.InvariantCulture))
                .Add("Acquisition Time (OS)", (double)time.ToFileTimeUtc())
                .Add("Device Name", "DigiScan")
                .Add("Signal Name", "3VBSED"))
            .Add("DigiScan", new DmGroup().Add("Image Height", Height).Add("Image Width", Width).Add("Sample Time", 0.5))
            .Add("GMS Version", new DmGroup().Add("Created", "3.21.1374.0").Add("Saved", "3.21.1374.0"))
            .Add("Meta Data", new DmGroup()
                .Add("Dimension info", new DmGroup()
                    .Add("", new DmGroup())
                    .Add("", new DmGroup())
                    .Add("", new DmGroup().Add("Origin", 0f).Add("Scale", (float)SliceNanometres).Add("Units", "nm")))
                .Add("Format", "Image")
                .Add("Signal", "DigiScan"))
            .Add("Microscope Info", new DmGroup()
                .Add("Illumination Mode", "SEM")
                .Add("Indicated Magnification", 2159.0)
                .Add("Name", "FEI Quanta")
                .Add("Voltage", 1900.0))
            // The approach to the block face cuts thicker slices than the recording does.
            .Add("SBFSEM", new DmGroup()
                .Add("Approach", new DmGroup().Add("Slice thickness", 200.0))
                .Add("Record", new DmGroup().Add("Slice number", 250 + slice).Add("Slice thickness", SliceNanometres)));
    }

    private static byte[] Thumbnail(byte[] image, int height, int width)
    {
        var pixels = new byte[4 * height * width];
        for (var i = 0; i < height * width; i++)
        {
            var grey = image[(i / width * Height / height * Width) + (i % width * Width / width)];
            // Blue, green, red, alpha.
            pixels.AsSpan(4 * i, 3).Fill(grey);
            pixels[(4 * i) + 3] = 255;
        }

        return pixels;
    }

    private static DmGroup UniqueId(int image)
    {
        var id = new DmGroup();
        for (var word = 0; word < 4; word++)
            id.Add("", (int)(Hash.Of(0, word, image, 11759) >> 1));
        return id;
    }
}
