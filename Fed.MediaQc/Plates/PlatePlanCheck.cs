using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>Finds everything that is wrong with a plan, so that one run tells all of it.</summary>
internal static class PlatePlanCheck
{
    public static IEnumerable<string> Problems(this PlatePlan plan)
    {
        if (plan.Width % 16 != 0 || plan.Height % 16 != 0 || plan.Width is < 256 or > 1920 || plan.Height is < 160 or > 1088)
            yield return $"pictures of {plan.Width}x{plan.Height}: multiples of 16 from 256x160 to 1920x1088";
        if (plan.PerPicture is < 1 or > 100)
            yield return $"perPicture is {plan.PerPicture}; it must be 1 to 100";
        if (plan.Bare is not (>= 0 and <= 0.9))
            yield return FormattableString.Invariant($"bare is {plan.Bare}; it must be 0 to 0.9");
        if (plan.Houses.Length == 0)
            yield return "houses: there must be at least one";
        if (plan.Test.PerClass < 1)
            yield return $"test.perClass is {plan.Test.PerClass}; it must be at least 1";
        foreach (var (what, names) in new (string, IEnumerable<string>)[]
        {
            ("picture", plan.Pictures.Select(one => one.Id)), ("font", plan.Fonts.Select(one => one.Id)),
            ("country", plan.Countries.Select(one => one.Id)), ("house", plan.Houses.Select(one => one.Name)),
        })
        {
            foreach (var repeated in Repeated(names))
                yield return $"{what} '{repeated}' appears twice";
        }

        foreach (var problem in plan.Countries.SelectMany(Problems))
            yield return problem;
        foreach (var problem in plan.Houses.SelectMany(house => Problems(plan, house)))
            yield return problem;
        foreach (var problem in Unknown(plan))
            yield return problem;
        // Held-out content in a house would make the test set worthless.
        foreach (var shared in Repeated(plan.Test.Pictures.Concat(plan.Houses.SelectMany(house => house.AllPictures))))
            yield return $"picture '{shared}' is used twice; training, validation and test of all must be disjoint";
        foreach (var font in plan.Test.Fonts.Intersect(plan.Houses.SelectMany(house => house.Fonts)))
            yield return $"font '{font}' is a house's and the test's";
        foreach (var country in plan.Test.NewCountries.Values.SelectMany(all => all).Distinct()
            .Intersect(plan.Houses.SelectMany(house => house.Countries)))
        {
            yield return $"country '{country}' is a house's and new to the test";
        }

        foreach (var site in plan.Test.NewCountries.Keys.Except(plan.Houses.Select(house => house.Site)))
            yield return $"test.newCountries: no house is of site '{site}'";
    }

    private static IEnumerable<string> Unknown(PlatePlan plan)
    {
        foreach (var (what, known, used) in new (string, IEnumerable<string>, IEnumerable<string>)[]
        {
            ("picture", plan.Pictures.Select(one => one.Id),
                plan.Test.Pictures.Concat(plan.Houses.SelectMany(house => house.AllPictures))),
            ("font", plan.Fonts.Select(one => one.Id),
                plan.Test.Fonts.Concat(plan.Houses.SelectMany(house => house.Fonts))),
            ("country", plan.Countries.Select(one => one.Id),
                plan.Test.NewCountries.Values.SelectMany(all => all)
                    .Concat(plan.Houses.SelectMany(house => house.Countries))),
        })
        {
            foreach (var id in used.Except(known))
                yield return $"{what} '{id}' is used but not described";
        }

        if (plan.Test.Pictures.Length == 0 || plan.Test.Fonts.Length == 0)
            yield return "test: needs pictures and fonts";
    }

    private static IEnumerable<string> Problems(PlateCountry country)
    {
        if (country.Width is not (>= 100 and <= 700) || country.Height is not (>= 50 and <= 400))
            yield return FormattableString.Invariant(
                $"{country.Id}: {country.Width}x{country.Height} mm; 100x50 to 700x400 is meant");
        if (country.Patterns.Length == 0 || country.Patterns.Any(pattern => pattern.Split('/').Length > 2))
            yield return $"{country.Id}: needs patterns of one line or two";
        if (country.Letters is not (>= 0.3 and <= 0.9))
            yield return FormattableString.Invariant($"{country.Id}: letters is {country.Letters}; it must be 0.3 to 0.9");
        foreach (var (name, value) in new[]
        {
            ("luma", country.Luma), ("ink", country.Ink), ("stripLuma", country.StripLuma),
        })
        {
            if (value is < 0 or > 255)
                yield return $"{country.Id}: {name} is {value}; it must be 0 to 255";
        }

        if (!PlateCountry.Strips.Contains(country.Strip))
            yield return $"{country.Id}: strip '{country.Strip}' is not one of {string.Join(", ", PlateCountry.Strips)}";
    }

    private static IEnumerable<string> Problems(PlatePlan plan, PlateHouse house)
    {
        if (house.Countries.Length == 0 || house.Decoys.Length == 0 || house.Fonts.Length == 0
            || house.Pictures.Length == 0 || house.ValidationPictures.Length == 0 || house.Camera.Codecs.Length == 0)
        {
            yield return $"{house.Name}: needs countries, decoys, fonts, pictures, validationPictures and codecs";
        }

        foreach (var decoy in house.Decoys.Except(Decoy.Kinds))
            yield return $"{house.Name}: decoy '{decoy}' is not one of {string.Join(", ", Decoy.Kinds)}";
        foreach (var name in house.Train.Keys.Concat(house.Validation.Keys).Distinct().Except(PlateClasses.Names))
            yield return $"{house.Name}: class '{name}' is not one of {string.Join(", ", PlateClasses.Names)}";
        foreach (var codec in house.Camera.Codecs.Where(codec => !Encoders.Known.Contains(codec.Split(' ')[0])))
            yield return $"{house.Name}: codec '{codec}' does not begin with one of {string.Join(", ", Encoders.Known)}";
        var camera = house.Camera;
        // Half of the picture at most: the rest of the vehicle has to have room.
        var most = Math.Min(200, plan.Height / 2.0);
        foreach (var (name, range, low, high) in new (string, double[], double, double)[]
        {
            ("plateHeight", camera.PlateHeight, 8, most), ("yaw", camera.Yaw, 0, 65), ("pitch", camera.Pitch, 0, 50),
            ("roll", [0, camera.Roll], 0, 20), ("blur", camera.Blur, 0, 3), ("motion", camera.Motion, 0, 1),
            ("noise", camera.Noise, 0, 40), ("night", [0, camera.Night], 0, 1), ("rain", [0, camera.Rain], 0, 1),
            ("crowd", [1, camera.Crowd], 1, 8),
        })
        {
            if (range is not [var from, var to] || !(from >= low && to >= from && to <= high))
            {
                yield return FormattableString.Invariant(
                    $"{house.Name}: camera.{name} is {string.Join(" to ", range)}; it must be from {low} up to {high}");
            }
        }
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key);
}
