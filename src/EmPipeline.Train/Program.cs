EmPipeline.Torch.TorchRuntime.EnsureLoadable();
var t = TorchSharp.torch.ones(2);
Console.WriteLine(t.sum().item<float>());
foreach (var n in new[]{"utils+data+DataLoader","utils+data+Dataset"}) foreach(var ty in typeof(TorchSharp.torch).Assembly.GetTypes().Where(x=>x.FullName!.Contains(n))) { Console.WriteLine("== "+ty+" : "+ty.BaseType); foreach(var c in ty.GetConstructors((System.Reflection.BindingFlags)52)) Console.WriteLine("  "+string.Join(", ",c.GetParameters().Select(p=>p.ParameterType.Name+" "+p.Name+"="+p.DefaultValue)));  foreach(var m in ty.GetMethods((System.Reflection.BindingFlags)(2|4|16|32))) Console.WriteLine("  "+m);}
