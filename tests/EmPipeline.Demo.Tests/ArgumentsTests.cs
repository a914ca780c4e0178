using EmPipeline.Volumes;

namespace EmPipeline.Demo.Tests;

public class ArgumentsTests
{
    [Fact]
    public void Both_commands_take_a_folder_and_serve_a_parent()
    {
        Arguments.Parse(["generate", "--folder", "d"]).Should().Be(new Arguments("generate", "d", null));
        Arguments.Parse(["serve", "--parent", "12", "--folder", "d"]).Should().Be(new Arguments("serve", "d", 12));
    }

    [Theory]
    [InlineData("command: got nothing")]
    [InlineData("command: got 'frobnicate'", "frobnicate")]
    [InlineData("--folder: got nothing", "generate")]
    [InlineData("--folder: got no value", "generate", "--folder")]
    [InlineData("--parent: got 'y', expected a process id", "serve", "--folder", "x", "--parent", "y")]
    [InlineData("--parent: not a parameter of 'generate'", "generate", "--folder", "x", "--parent", "1")]
    public void A_wrong_command_line_says_what_is_wrong(string message, params string[] arguments)
    {
        var parse = () => Arguments.Parse(arguments);
        parse.Should().Throw<EmException>().WithMessage(message + "*").Which.Fault.Should().Be(Fault.Configuration);
    }
}
