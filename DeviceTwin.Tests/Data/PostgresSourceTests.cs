using DeviceTwin.Data;
using DeviceTwin.Data.Postgres;
using Npgsql;

namespace DeviceTwin.Tests.Data;

public sealed class PostgresSourceTests
{
    [Theory]
    [InlineData("Host=db;Port=5433;Database=twins;Username=me;Password=s3cr=et;SSL Mode=VerifyFull")]
    [InlineData("host=db port=5433 dbname=twins user=me password=s3cr=et sslmode=verify-full")]
    [InlineData("  dbname = twins host='db' port=5433\tuser=me password='s3cr=et' sslmode=verify-full ")]
    [InlineData("postgres://me:s3cr=et@db:5433/twins?sslmode=verify-full")]
    [InlineData("postgresql://me:s3cr%3Det@db/twins?port=5433&sslmode=verify-full")]
    public void Each_form_says_the_same(string source)
    {
        var read = PostgresSource.Read(source);

        Assert.Equal(("db", 5433, "twins"), (read.Host, read.Port, read.Database));
        Assert.Equal(("me", "s3cr=et", SslMode.VerifyFull), (read.Username, read.Password, read.SslMode));
    }

    [Theory]
    [InlineData("host=db password='it''s'", null)]
    [InlineData(@"host=db password='it\'s \\ a b;c=d'", @"it's \ a b;c=d")]
    [InlineData(@"host=db password=a\ b", "a b")]
    [InlineData("host=db password=a;b", "a;b")]
    [InlineData("host=db;password=a;", "a")]
    [InlineData("Host=db;Password='a b'", "a b")]
    [InlineData("postgres://u:%40%2F%3A%3F@db", "@/:?")]
    public void Quotes_and_escapes_are_read(string source, string? password)
    {
        if (password is null)
        {
            Assert.Throws<StoreUnavailableException>(() => PostgresSource.Read(source));
        }
        else
        {
            Assert.Equal(("db", password), (PostgresSource.Read(source).Host, PostgresSource.Read(source).Password));
        }
    }

    [Theory]
    [InlineData("postgres://me@%2Fvar%2Frun%2Fpostgresql/twins", "/var/run/postgresql")]
    [InlineData("host=/var/run/postgresql dbname=twins", "/var/run/postgresql")]
    [InlineData("postgres://[::1]:5432/twins", "::1")]
    [InlineData("postgres://db/twins?host=other", "other")]
    public void Sockets_and_addresses_are_hosts_too(string source, string host) =>
        Assert.Equal(host, PostgresSource.Read(source).Host);

    [Fact]
    public void What_the_source_leaves_open_is_set_and_what_it_says_stays()
    {
        var open = PostgresSource.Read("Host=db");
        Assert.Equal((50, 200, 25), (open.MaxPoolSize, open.MaxAutoPrepare, open.CommandTimeout));
        Assert.Equal(("devicetwin", true), (open.ApplicationName, open.NoResetOnClose));

        var said = PostgresSource.Read(
            "Host=db;Maximum Pool Size=7;Max Auto Prepare=0;Command Timeout=5;ApplicationName=x;No Reset On Close=false"
        );
        Assert.Equal((7, 0, 5), (said.MaxPoolSize, said.MaxAutoPrepare, said.CommandTimeout));
        Assert.Equal(("x", false), (said.ApplicationName, said.NoResetOnClose));
    }

    [Theory]
    [InlineData("Host=db;Password=s3cret;Prot=5432", "prot")]
    [InlineData("Host=db;Password=s3cret;Port=many", "port")]
    [InlineData("host=db password=s3cret prot=5432", "'prot'")]
    [InlineData("host=db password=s3cret port=s3cret", "'port'")]
    [InlineData("postgres://me:s3cret@db:5432:9/twins", "postgres://user:password@host")]
    [InlineData("postgres://me:s3cret@db/twins?sslmode=s3cret", "'sslmode'")]
    [InlineData("postgres://me:s3cret@db/twins?s3cret", "keyword=value")]
    [InlineData("password=s3cret dbname=twins", "host")]
    [InlineData("s3cret", "PostgreSQL")]
    [InlineData("", "host")]
    public void A_source_that_cannot_be_read_gets_one_line_without_the_password(string source, string names)
    {
        var refused = Assert.Throws<StoreUnavailableException>(() => PostgresSource.Read(source));

        Assert.Contains(names, refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cret", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
