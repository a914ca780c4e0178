using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EmPipeline.Explorer.Tests.Support;

namespace EmPipeline.Explorer.Tests.Answers;

public sealed class AnswersTests(ServedData data)
{
    [Fact]
    public async Task Datasets_come_as_the_catalogue_has_them()
    {
        var answer = await data.Client.GetFromJsonAsync<JsonElement>("api/datasets");
        var datasets = answer.GetProperty("datasets").EnumerateArray().ToList();
        datasets.Select(dataset => dataset.GetProperty("name").GetString()).Should().Equal("cells", "floats");
        datasets[0].GetProperty("title").GetString().Should().Be(TestData.Script);
        datasets[0].GetProperty("size").GetRawText().Should().Be("[50,8,8]");
        datasets[1].GetProperty("size").GetRawText().Should().Be("[null,null,null]", "unknown is not 1");
        datasets[0].GetProperty("labels")[0].GetProperty("name").GetString().Should().Be("groundtruth/objects");
        answer.GetProperty("leftOut")[0].GetProperty("dataset").GetString().Should().Be("late");
    }

    [Fact]
    public async Task A_volumes_layers_say_where_their_voxels_lie()
    {
        var answer = await data.Client.GetFromJsonAsync<JsonElement>("api/volume/cells");
        var image = answer.GetProperty("layers")[0].GetProperty("levels");
        image[0].GetProperty("centre").GetRawText().Should().Be("[0,0,0]");
        image[1].GetProperty("scale").GetRawText().Should().Be("[50,16,16]");
        image[1].GetProperty("centre").GetRawText().Should().Be("[0,4,4]", "the outer sides of all levels are one");
        answer.GetProperty("layers")[1].GetProperty("levels")[0].GetProperty("centre").GetRawText().Should().Be("[0,4,4]");
        var floats = await data.Client.GetFromJsonAsync<JsonElement>("api/volume/floats");
        floats.GetProperty("layers")[0].GetProperty("levels")[0].GetProperty("scale").GetRawText().Should().Be("[1,1,1]");
        floats.GetProperty("layers")[0].GetProperty("levels")[0].GetProperty("size").GetRawText().Should().Be("[null,null,null]");
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(19, 299, 699)]
    [InlineData(4, 101, 203)]
    [InlineData(4, 100, 202)]
    public async Task Values_at_a_voxel_are_exact(int z, int y, int x)
    {
        var values = (await data.Client.GetFromJsonAsync<JsonElement>(string.Create(CultureInfo.InvariantCulture, $"api/value/cells/{z}/{y}/{x}"))).GetProperty("values");
        values.GetProperty("image").GetString().Should().Be(TestData.CellVoxels[(((z * 300) + y) * 700) + x].ToString(CultureInfo.InvariantCulture));
        // A label voxel covers two by two of the image's.
        values.GetProperty("groundtruth/objects").GetString().Should().Be(TestData.ObjectVoxels[(((z * 150) + (y / 2)) * 350) + (x / 2)].ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Ids_keep_all_their_bits()
    {
        var values = (await data.Client.GetFromJsonAsync<JsonElement>("api/value/cells/0/0/220")).GetProperty("values");
        values.GetProperty("groundtruth/objects").GetString().Should().Be("18446744073709551614");
        (await data.Client.GetFromJsonAsync<JsonElement>("api/value/floats/0/0/0")).GetProperty("values").GetProperty("image").GetString().Should().Be("NaN");
    }

    [Theory]
    [InlineData("api/value/cells/20/0/0")]
    [InlineData("api/value/cells/0/-1/0")]
    [InlineData("api/value/cells/9223372036854775807/0/0")]
    [InlineData("api/value/cells/0/0/99999999999999999999")]
    [InlineData("api/volume/none")]
    [InlineData("api/volume/cells'--")]
    [InlineData("api/metadata/%27%20OR%201=1")]
    [InlineData("api/card/none")]
    public async Task What_is_not_there_is_not_found(string path) => (await data.Client.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.NotFound);

    [Fact]
    public async Task Blocks_of_a_plane_come_with_the_statistic_that_is_asked_for()
    {
        var answer = await data.Client.GetFromJsonAsync<JsonElement>("api/blocks/cells/y/200?field=max");
        answer.GetProperty("first").GetInt32().Should().Be(128);
        answer.GetProperty("blocks").GetArrayLength().Should().Be(6);
        answer.GetProperty("blocks")[1].GetRawText().Should().StartWith("[0,128,128,");
        (await data.Client.GetAsync("api/blocks/cells/y/200?field=1;drop")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await data.Client.GetAsync("api/blocks/cells/q/200")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Sections_come_with_what_is_wrong_with_them()
    {
        var answer = await data.Client.GetFromJsonAsync<JsonElement>("api/sections/cells/z");
        answer.GetProperty("source").GetString().Should().Be("sections");
        var rows = answer.GetProperty("rows").EnumerateArray().ToList();
        rows.Select(row => row.GetProperty("index").GetInt32()).Should().Equal(Enumerable.Range(0, 20));
        rows[12].GetProperty("flags").GetString().Should().Be("dark,shifted");
        rows[11].GetProperty("flags").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public async Task Sections_come_from_blocks_where_nothing_finer_is_known()
    {
        var answer = await data.Client.GetFromJsonAsync<JsonElement>("api/sections/cells/x");
        answer.GetProperty("source").GetString().Should().Be("blocks");
        answer.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("index").GetInt32()).Should().Equal(0, 128, 256, 384, 512, 640);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("SOFTWARE xxx", 1)]
    [InlineData("it's", 1)]
    [InlineData("50%", 1)]
    [InlineData("%", 1)]
    [InlineData("software thumbnail", 0)]
    [InlineData("' OR 1=1 --", 0)]
    public async Task Attributes_are_found_by_all_words_and_cut_where_they_are_long(string words, int count)
    {
        var answer = await data.Client.GetFromJsonAsync<JsonElement>($"api/attributes/cells?q={Uri.EscapeDataString(words)}");
        answer.GetProperty("attributes").EnumerateArray().Should().HaveCount(count).And.OnlyContain(row => row.GetProperty("value").ToString().Length <= 2030);
        answer.GetProperty("isCut").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task A_card_is_a_picture()
    {
        using var cells = await Pixels.GetAsync(data.Client, "api/card/cells");
        cells.Width.Should().BeInRange(1, 512);
        using var floats = await Pixels.GetAsync(data.Client, "api/card/floats");
        (floats.Width, floats.Height).Should().Be((50, 40));
    }
}
