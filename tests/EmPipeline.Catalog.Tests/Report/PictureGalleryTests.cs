using System.Text;
using EmPipeline.Catalog.Report;

namespace EmPipeline.Catalog.Tests.Report;

public sealed class PictureGalleryTests
{
    private static readonly byte[] Bytes = [1, 2, 3];

    [Fact]
    public void Planes_have_one_scale_a_bar_and_labels_to_switch_by_their_names_shown_as_text()
    {
        var page = Render(
            new PlanePicture("xy", 8, 4000, 2000, true, Bytes, [("prediction/<b>", Bytes), ("groundtruth/a", Bytes)]), new PlanePicture("zy", 25, 1000, 2000, true, Bytes, [("groundtruth/a", Bytes)]));
        page.Should().Contain("viewBox=\"0 0 380 190\"").And.Contain("viewBox=\"0 0 95 190\"");
        page.Should().Contain(">1 µm</text>").And.Contain("width=\"95\" height=\"4\"", "1 µm of 4 on 380 pixels");
        page.Should().Contain("prediction/&lt;b&gt;").And.NotContain("<b>");
        page.Split("<input").Should().HaveCount(3);
        page.Split("class=\"l1\" width").Should().HaveCount(3, "the second label is shown in both planes");
        page.Should().Contain("xy at z = 8").And.Contain("zy at x = 25");
    }

    [Fact]
    public void A_few_thin_sections_are_drawn_thicker_and_it_is_said()
    {
        Render(new PlanePicture("xy", 8, 40_000, 40_000, true, Bytes, []), new PlanePicture("xz", 8, 40_000, 800, true, Bytes, []))
            .Should().Contain("viewBox=\"0 0 380 28\"").And.Contain("xz at y = 8, drawn 3.7 times thicker");
    }

    [Fact]
    public void Voxels_of_unknown_size_have_no_bar() => Render(new PlanePicture("xy", 8, 400, 400, false, Bytes, [])).Should().NotContain("class=\"bar\"");

    [Fact]
    public void Why_there_are_none_is_said()
    {
        var page = new StringBuilder();
        PictureGallery.Append(page, new DatasetPictures("a", 0, 0, 0, [], 0, 0, [], "No pictures: <lost>"));
        page.ToString().Should().Contain("No pictures: &lt;lost&gt;");
    }

    private static string Render(params PlanePicture[] planes)
    {
        var page = new StringBuilder();
        PictureGallery.Append(page, new DatasetPictures("a", 0, 10, 200, planes, 0, 255, [1, 2, 3]));
        return page.ToString();
    }
}
