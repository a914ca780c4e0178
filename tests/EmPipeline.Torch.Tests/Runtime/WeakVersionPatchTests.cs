using System.Runtime.InteropServices;
using EmPipeline.Torch.Runtime;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Runtime;

public sealed class WeakVersionPatchTests : IDisposable
{
    private const string Version = "GLIBCXX_3.4.32";
    private readonly TemporaryFolder _folder = new();

    private string Library => _folder["small.so"];

    public WeakVersionPatchTests() => File.WriteAllBytes(Library, SmallElf.Make());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_library_is_changed_once()
    {
        WeakVersionPatch.Apply(Library, Version).Should().BeTrue();
        WeakVersionPatch.Apply(Library, Version).Should().BeFalse();
        ElfVersionNeeds.Read(File.ReadAllBytes(Library), Library)[0].Weak.Should().BeTrue();
        Directory.GetFileSystemEntries(_folder.Path).Should().Equal(Library);
    }

    [Fact]
    public void The_file_that_a_link_points_to_stays_as_it_is()
    {
        var link = _folder["link.so"];
        File.CreateSymbolicLink(link, Library);
        WeakVersionPatch.Apply(link, Version).Should().BeTrue();
        File.ReadAllBytes(Library).Should().Equal(SmallElf.Make());
        File.ReadAllBytes(link).Should().NotEqual(SmallElf.Make());
    }

    [Fact]
    public void The_other_name_of_a_hard_link_stays_as_it_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "hard links are made with ln");
        var link = _folder["hard.so"];
        using (var ln = System.Diagnostics.Process.Start("ln", [Library, link]))
            ln.WaitForExit();
        WeakVersionPatch.Apply(link, Version).Should().BeTrue();
        File.ReadAllBytes(Library).Should().Equal(SmallElf.Make());
    }

    [Fact]
    public void Several_at_the_same_time_agree()
    {
        Parallel.For(0, 16, _ => WeakVersionPatch.Apply(Library, Version));
        ElfVersionNeeds.Read(File.ReadAllBytes(Library), Library)[0].Weak.Should().BeTrue();
        Directory.GetFileSystemEntries(_folder.Path).Should().Equal(Library);
    }

    [Fact]
    public void A_place_that_cannot_be_written_says_what_to_do_and_leaves_nothing()
    {
        // The longest name a file may have: there is room for the library, but not for a new one beside it, not even for root.
        var library = _folder[new string('a', 252) + ".so"];
        File.Move(Library, library);
        var act = () => WeakVersionPatch.Apply(library, Version);
        act.Should().Throw<EmException>().WithMessage("*.so: got a folder that cannot be written*copy its folder*").Which.Fault.Should().Be(Fault.Machine);
        File.ReadAllBytes(library).Should().Equal(SmallElf.Make());
        Directory.GetFileSystemEntries(_folder.Path).Should().Equal(library);
    }

    [Fact]
    public void TorchSharps_own_library_no_longer_insists_on_the_version_or_the_host_has_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "only this platform's library is ELF64");
        TorchRuntime.EnsureLoadable();
        var library = TorchRuntime.Candidates(AppContext.BaseDirectory).Single(File.Exists);
        var need = ElfVersionNeeds.Read(File.ReadAllBytes(library), library).Where(need => need.Version == Version).ToList();
        (HostLibraries.CxxHas("_ZSt21ios_base_library_initv", Version) || need.TrueForAll(entry => entry.Weak)).Should().BeTrue();
        TorchSharp.torch.ones(3).sum().item<float>().Should().Be(3);
    }

    [Fact]
    public void The_host_is_asked_for_symbol_and_version()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only there");
        HostLibraries.CxxHas("_ZNSt6localeC1Ev", "GLIBCXX_3.4").Should().BeTrue();
        HostLibraries.CxxHas("_ZNSt6localeC1Ev", "GLIBCXX_9.9").Should().BeFalse();
    }
}
